package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Pattern;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Slice;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code x as from -> to}: split axes into atoms, slice, permute, repeat, join atoms into axes. */
final class Rearranging {

    private static final String ONE = "1";

    /** One atom: a name, a number, or one of the axes of {@code ...}. */
    private record Atom(String name, Dim dim) {}

    private final Evaluator evaluator;
    private final Map<String, Dim> sizes = new HashMap<>();
    private List<Dim> rest = List.of();
    private final Span span;

    Rearranging(Evaluator evaluator, Span span) {
        this.evaluator = evaluator;
        this.span = span;
    }

    Val rearrange(Expr.Rearrange rearrange) {
        Val operand = evaluator.contents(evaluator.eval(rearrange.operand()), span);
        Pattern from = rearrange.from();
        Pattern to = rearrange.to();
        Expr parts = from.count();
        Value x;
        List<List<Atom>> axes = new ArrayList<>();
        if (parts == null) {
            x = evaluator.tensor(operand, span);
        } else {
            x = stack(operand, parts);
            axes.add(List.of(new Atom(parts.span().text(), x.type().shape().dim(0))));
            sizes.put(parts.span().text(), x.type().shape().dim(0));
        }
        axes.addAll(split(
                from, x.type().shape().dims().subList(axes.size(), x.type().rank()), x));
        Expr count = to.count();
        if (count == null) {
            return new Val.Tensor(arrange(x, axes, to));
        }
        List<Val> items = new ArrayList<>();
        String name = count.span().text();
        for (long i = 0; i < evaluator.integer(count); i++) {
            items.add(new Val.Tensor(pick(x, axes, name, i, to)));
        }
        return new Val.Tuple(items);
    }

    /** The tensors of a tuple along a new first axis. */
    private Value stack(Val operand, Expr count) {
        if (!(operand instanceof Val.Tuple(List<Val> items)) || items.size() != evaluator.integer(count)) {
            throw Refusal.at(
                    span,
                    "%s *: must have a tuple of %d, got %s",
                    count.span().text(),
                    evaluator.integer(count),
                    operand.describe());
        }
        Trace trace = evaluator.trace(span);
        List<Value> parts = new ArrayList<>();
        for (Val item : items) {
            Value part = evaluator.tensor(item, span);
            List<Dim> dims = new ArrayList<>(List.of(Dim.of(1)));
            dims.addAll(part.type().shape().dims());
            parts.add(Emit.reshape(trace, part, new Shape(dims)));
        }
        return trace.add(new Concat(parts, 0));
    }

    /** The atoms of each axis, outermost first; sizes of new names follow from the axes. */
    private List<List<Atom>> split(Pattern pattern, List<Dim> dims, Value x) {
        int rests = (int)
                pattern.axes().stream().filter(Pattern.Rest.class::isInstance).count();
        int covered = dims.size() - pattern.axes().size() + rests;
        if (rests > 1 || (rests == 1 ? covered < 0 : covered != 0)) {
            throw Refusal.at(
                    pattern.span(),
                    "%s: must have the axes of %s",
                    pattern.span().text(),
                    x.type());
        }
        List<List<Atom>> axes = new ArrayList<>();
        for (Pattern.Axis axis : pattern.axes()) {
            switch (axis) {
                case Pattern.Rest _ -> {
                    rest = dims.subList(axes.size(), axes.size() + covered);
                    for (int i = 0; i < covered; i++) {
                        axes.add(List.of(new Atom("..." + i, rest.get(i))));
                    }
                }
                case Pattern.Group(Span _, List<Expr> atoms) -> axes.add(group(atoms, dims.get(axes.size()), x));
            }
        }
        return axes;
    }

    private List<Atom> group(List<Expr> atoms, Dim dim, Value x) {
        long known = 1;
        Expr unknown = null;
        for (Expr atom : atoms) {
            Dim size = size(atom);
            if (size != null) {
                known *= size.size();
            } else if (unknown != null) {
                throw Refusal.at(
                        atom.span(),
                        "%s: at most one new name in an axis, got %s too",
                        atom.span().text(),
                        unknown.span().text());
            } else {
                unknown = atom;
            }
        }
        if (unknown == null ? known != dim.size() : known == 0 || dim.size() % known != 0) {
            throw Refusal.at(
                    atoms.getFirst().span(),
                    "rearrange: the axis of size %s must be %s%s = %d, got %s",
                    dim,
                    unknown == null ? "" : "a multiple of ",
                    atoms.stream().map(atom -> atom.span().text()).toList(),
                    known,
                    x.type());
        }
        if (unknown != null) {
            sizes.put(unknown.span().text(), atoms.size() == 1 ? dim : Dim.of(dim.size() / known));
        }
        List<Atom> named = new ArrayList<>();
        for (Expr atom : atoms) {
            Dim size = size(atom);
            named.add(new Atom(atom.span().text(), atoms.size() == 1 || size == null ? dim : size));
            if (size != null) {
                sizes.put(atom.span().text(), named.getLast().dim());
            }
        }
        return fixed(named, unknown);
    }

    private List<Atom> fixed(List<Atom> atoms, @Nullable Expr unknown) {
        return atoms.stream()
                .map(atom ->
                        unknown != null && atom.name().equals(unknown.span().text())
                                ? new Atom(atom.name(), known(atom.name()))
                                : atom)
                .toList();
    }

    private Dim known(String name) {
        Dim dim = sizes.get(name);
        if (dim == null) {
            throw Refusal.at(span, "rearrange: %s must be a size or one of the names on the left", name);
        }
        return dim;
    }

    /** The size of an atom, if it is known already. */
    private @Nullable Dim size(Expr atom) {
        if (atom instanceof Expr.IntLiteral(Span _, long value)) {
            return Dim.of(value);
        }
        String name = atom.span().text();
        Dim bound = sizes.get(name);
        if (bound == null) {
            bound = evaluator.scope().sizes().get(name);
        }
        if (bound != null) {
            return bound;
        }
        if (!(evaluator.find(name).orElse(null) instanceof Val.Int(long value))) {
            return null;
        }
        if (value < 0) {
            throw Refusal.at(atom.span(), "rearrange: size %s must not be negative, got %d", name, value);
        }
        return Dim.of(value);
    }

    /** Number {@code index} along the atom {@code name}, arranged. */
    private Value pick(Value x, List<List<Atom>> axes, String name, long index, Pattern to) {
        for (int axis = 0; axis < axes.size(); axis++) {
            List<Atom> atoms = axes.get(axis);
            for (int i = 0; i < atoms.size(); i++) {
                if (atoms.get(i).name().equals(name)) {
                    return i == 0
                            ? arrange(outermost(x, axis, atoms, index), without(axes, axis), to)
                            : arrange(
                                    within(x, axes, axis, i, index), without(flat(axes), position(axes, axis, i)), to);
                }
            }
        }
        throw Refusal.at(span, "rearrange: %s must be one of the names on the left", name);
    }

    /** A consecutive part of an axis, for an atom that varies slowest in it. */
    private Value outermost(Value x, int axis, List<Atom> atoms, long index) {
        long inner = x.type().size(axis) / Math.max(1, atoms.getFirst().dim().size());
        return slice(x, axis, index * inner, inner);
    }

    private Value within(Value x, List<List<Atom>> axes, int axis, int atom, long index) {
        List<List<Atom>> flat = flat(axes);
        Value split = Emit.reshape(evaluator.trace(span), x, shape(flat));
        return slice(split, position(axes, axis, atom), index, 1);
    }

    private Value slice(Value x, int axis, long start, long size) {
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (int i = 0; i < x.type().rank(); i++) {
            starts.add(i == axis ? start : 0L);
            limits.add(i == axis ? start + size : x.type().size(i));
            steps.add(1L);
        }
        return evaluator.trace(span).add(new Slice(x, starts, limits, steps));
    }

    private static List<List<Atom>> flat(List<List<Atom>> axes) {
        return axes.stream().flatMap(List::stream).map(List::of).toList();
    }

    private static int position(List<List<Atom>> axes, int axis, int atom) {
        return axes.subList(0, axis).stream().mapToInt(List::size).sum() + atom;
    }

    private static List<List<Atom>> without(List<List<Atom>> axes, int axis) {
        List<List<Atom>> left = new ArrayList<>(axes);
        left.set(axis, axes.get(axis).subList(1, axes.get(axis).size()));
        return left;
    }

    private static Shape shape(List<List<Atom>> axes) {
        return new Shape(axes.stream()
                .map(atoms -> atoms.size() == 1
                        ? atoms.getFirst().dim()
                        : Dim.of(atoms.stream()
                                .mapToLong(atom -> atom.dim().size())
                                .reduce(1, Math::multiplyExact)))
                .toList());
    }

    /** x, whose elements are those of the atoms in order, under the pattern. */
    private Value arrange(Value x, List<List<Atom>> axes, Pattern to) {
        List<Atom> have = axes.stream()
                .flatMap(List::stream)
                .filter(atom -> !atom.name().equals(ONE))
                .toList();
        List<List<Atom>> want = wanted(to);
        List<Atom> wanted = want.stream()
                .flatMap(List::stream)
                .filter(atom -> !atom.name().equals(ONE))
                .toList();
        Trace trace = evaluator.trace(span);
        Value split = Emit.reshape(trace, x, shape(have.stream().map(List::of).toList()));
        List<String> names = have.stream().map(Atom::name).toList();
        List<Integer> order = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            int at = names.indexOf(wanted.get(i).name());
            if (at >= 0) {
                order.add(at);
                kept.add(i);
            }
        }
        for (String name : names) {
            if (wanted.stream().noneMatch(atom -> atom.name().equals(name))) {
                throw Refusal.at(
                        to.span(),
                        "%s: must have %s, which the left side has",
                        to.span().text(),
                        name);
            }
        }
        Value permuted = Emit.permute(trace, split, order);
        Shape whole = shape(wanted.stream().map(List::of).toList());
        Value repeated = kept.size() == wanted.size() ? permuted : trace.add(new Broadcast(permuted, whole, kept));
        return Emit.reshape(trace, repeated, shape(want));
    }

    private List<List<Atom>> wanted(Pattern to) {
        List<List<Atom>> axes = new ArrayList<>();
        for (Pattern.Axis axis : to.axes()) {
            switch (axis) {
                case Pattern.Rest _ -> {
                    for (int i = 0; i < rest.size(); i++) {
                        axes.add(List.of(new Atom("..." + i, rest.get(i))));
                    }
                }
                case Pattern.Group(Span _, List<Expr> atoms) ->
                    axes.add(atoms.stream().map(this::wanted).toList());
            }
        }
        return axes;
    }

    private Atom wanted(Expr atom) {
        String name = atom.span().text();
        Dim size = size(atom);
        return new Atom(name, size == null ? known(name) : size);
    }
}
