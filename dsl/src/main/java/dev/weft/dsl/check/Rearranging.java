package dev.weft.dsl.check;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Pattern;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code x as [B, T, (heads d)] -> [B, heads, T, d]}. */
final class Rearranging {
    /** No tuple is longer. */
    private static final int LONGEST = 4096;

    private final Evaluator here;
    /** Sizes of the names and numbers on the left. */
    private final Map<String, Size> atoms = new LinkedHashMap<>();

    Rearranging(Evaluator here) {
        this.here = here;
    }

    Type rearrange(Expr.Rearrange expr) {
        Type operand = here.value(expr.operand());
        if (operand.isUnknown()) {
            return new Type.Unknown();
        }
        Pattern from = expr.from();
        Optional<Type.Tensor> element = element(operand, from);
        if (element.isEmpty() || !left(element.get(), from)) {
            return new Type.Unknown();
        }
        return right(expr.to(), element.get(), from);
    }

    /** One tensor of the operand: itself, or one of a tuple of equal ones. */
    private Optional<Type.Tensor> element(Type operand, Pattern from) {
        if (from.count() == null) {
            if (operand instanceof Type.Tensor tensor) {
                return Optional.of(tensor);
            }
            return wrong(from.span(), "expected a tensor, got " + operand.describe());
        }
        Optional<Integer> count = count(from.count());
        if (count.isEmpty()) {
            return Optional.empty();
        }
        boolean tuple = operand instanceof Type.Tuple given && given.items().size() == count.get();
        if (!tuple || !(((Type.Tuple) operand).items().getFirst() instanceof Type.Tensor first)) {
            return wrong(from.span(), "expected a tuple of " + count.get() + " tensors, got " + operand.describe());
        }
        for (Type item : ((Type.Tuple) operand).items()) {
            here.types().conforms(item, first.value(), from.span(), "rearrange, element", Code.REARRANGE);
        }
        return Optional.of(first);
    }

    private Optional<Integer> count(Expr expr) {
        Type type = here.value(expr);
        if (type instanceof Type.Int constant && constant.size().constant().isPresent()) {
            long count = constant.size().constant().getAsLong();
            if (count >= 1 && count <= LONGEST) {
                return Optional.of((int) count);
            }
        }
        if (!type.isUnknown()) {
            here.report(
                    Code.REARRANGE,
                    expr.span(),
                    "rearrange: the number of tensors must be a number from 1 to " + LONGEST + ", got "
                            + type.describe());
        }
        return Optional.empty();
    }

    private <T> Optional<T> wrong(Span span, String message) {
        here.report(Code.REARRANGE, span, "rearrange: " + message);
        return Optional.empty();
    }

    // ---- the left side: every axis gets its parts

    private boolean left(Type.Tensor tensor, Pattern from) {
        List<Pattern.Axis> axes = from.axes();
        long rests = axes.stream().filter(Pattern.Rest.class::isInstance).count();
        boolean restFirst = rests == 0 || rests == 1 && axes.getFirst() instanceof Pattern.Rest;
        int fixed = axes.size() - (int) rests;
        boolean fits = rests == 1
                ? tensor.axes().size() >= fixed
                : tensor.rest() == null && tensor.axes().size() == fixed;
        if (!restFirst || !fits) {
            String shape = Describe.shape(tensor, here.facts());
            wrong(from.span(), restFirst ? "the tensor has the axes " + shape : "... comes first, if it is there");
            return false;
        }
        int offset = tensor.axes().size() - fixed;
        for (int i = 0; i < fixed; i++) {
            Pattern.Group group = (Pattern.Group) axes.get(i + (int) rests);
            if (!split(group, tensor.axes().get(offset + i))) {
                return false;
            }
        }
        return true;
    }

    private boolean split(Pattern.Group group, Type.Axis axis) {
        Size known = Size.ONE;
        @Nullable Expr open = null;
        for (Expr atom : group.atoms()) {
            if (here.lookup(name(atom)).filter(Type::isUnknown).isPresent()) {
                return false;
            }
            Optional<Size> size = inScope(atom);
            if (size.isPresent()) {
                known = known.times(size.get());
                if (!put(atom, size.get())) {
                    return false;
                }
            } else if (open != null) {
                wrong(atom.span(), "only one new name can stand in an axis, got " + name(open) + " and " + name(atom));
                return false;
            } else {
                open = atom;
            }
        }
        if (open == null) {
            here.shapes().equal(axis, new Type.Axis(known, group.span()), group.span(), "rearrange");
            return true;
        }
        Optional<Size> quotient = here.facts().quotient(axis.size(), known);
        if (quotient.isEmpty()) {
            here.conditions().demand(new Condition.Divides(axis.size(), known), group.span(), "rearrange");
            return false;
        }
        return put(open, quotient.get());
    }

    private boolean put(Expr atom, Size size) {
        if (size.isOne() && atom instanceof Expr.IntLiteral) {
            return true;
        }
        if (atoms.put(name(atom), size) != null) {
            twice(atom);
            return false;
        }
        return true;
    }

    private Optional<Size> inScope(Expr atom) {
        if (atom instanceof Expr.IntLiteral literal) {
            return Optional.of(Size.of(literal.value()));
        }
        return here.lookup(name(atom)).filter(Type.Int.class::isInstance).map(type -> ((Type.Int) type).size());
    }

    private static String name(Expr atom) {
        return switch (atom) {
            case Expr.Name name -> name.text();
            case Expr.IntLiteral literal -> String.valueOf(literal.value());
            default -> atom.span().text();
        };
    }

    // ---- the right side: every part has a place

    private Type right(Pattern to, Type.Tensor tensor, Pattern from) {
        List<String> placed = new ArrayList<>();
        List<Type.Axis> axes = new ArrayList<>();
        boolean rest = false;
        for (Pattern.Axis axis : to.axes()) {
            switch (axis) {
                case Pattern.Rest leading -> {
                    if (!axes.isEmpty() || rest) {
                        return here.report(Code.REARRANGE, axis.span(), "rearrange: ... comes first, if it is there");
                    }
                    rest = true;
                    int fixed = (int) from.axes().stream()
                            .filter(Pattern.Group.class::isInstance)
                            .count();
                    axes.addAll(tensor.axes().subList(0, tensor.axes().size() - fixed));
                }
                case Pattern.Group group -> {
                    Optional<Size> product = join(group, placed, from);
                    if (product.isEmpty()) {
                        return new Type.Unknown();
                    }
                    axes.add(new Type.Axis(product.get(), group.span()));
                }
            }
        }
        boolean restLeft = from.axes().stream().anyMatch(Pattern.Rest.class::isInstance);
        if (rest != restLeft) {
            return here.report(Code.REARRANGE, to.span(), "rearrange: ... must stand on both sides or on none");
        }
        int copies = 1;
        if (to.count() != null) {
            Optional<Integer> count = count(to.count());
            if (count.isEmpty()) {
                return new Type.Unknown();
            }
            if (!atoms.containsKey(name(to.count())) || placed.contains(name(to.count()))) {
                return here.report(
                        Code.REARRANGE,
                        to.count().span(),
                        "rearrange: " + name(to.count())
                                + " must be one of the parts on the left, and not in the brackets here");
            }
            placed.add(name(to.count()));
            copies = count.get();
        }
        return complete(to, placed, from)
                ? result(tensor.shaped(rest ? tensor.rest() : null, axes), to, copies)
                : new Type.Unknown();
    }

    private static Type result(Type.Tensor tensor, Pattern to, int copies) {
        return to.count() == null ? tensor : new Type.Tuple(Collections.nCopies(copies, tensor));
    }

    private Optional<Size> join(Pattern.Group group, List<String> placed, Pattern from) {
        Size product = Size.ONE;
        for (Expr atom : group.atoms()) {
            String name = name(atom);
            if (atom instanceof Expr.IntLiteral one && one.value() == 1) {
                continue;
            }
            if (placed.contains(name)) {
                return twice(atom);
            }
            placed.add(name);
            boolean counted = from.count() != null && name(from.count()).equals(name);
            boolean repeats = atom instanceof Expr.Name;
            Optional<Size> size = atoms.containsKey(name)
                    ? Optional.of(atoms.get(name))
                    : counted || repeats ? inScope(atom) : Optional.empty();
            if (size.isEmpty()) {
                return wrong(atom.span(), name + " is neither on the left nor a size in scope");
            }
            product = product.times(size.get());
        }
        return Optional.of(product);
    }

    private boolean complete(Pattern to, List<String> placed, Pattern from) {
        for (String atom : atoms.keySet()) {
            if (!placed.contains(atom)) {
                wrong(to.span(), atom + " is on the left and has no place on the right");
                return false;
            }
        }
        if (from.count() != null && !placed.contains(name(from.count()))) {
            wrong(to.span(), name(from.count()) + " is on the left and has no place on the right");
            return false;
        }
        return true;
    }

    /** Two equal numbers could change places unseen. */
    private Optional<Size> twice(Expr atom) {
        Diagnostic twice =
                Diagnostic.error(Code.REARRANGE, atom.span(), "rearrange: " + name(atom) + " stands twice on one side");
        here.report(
                atom instanceof Expr.IntLiteral
                        ? twice.help("give each a name before, as in (rows, columns) = (" + name(atom) + ", "
                                + name(atom) + ")")
                        : twice);
        return Optional.empty();
    }
}
