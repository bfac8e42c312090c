package dev.weft.dsl.check;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code x[…]} and {@code x.T}. */
final class Indexing {
    private final Evaluator here;
    /** Whether a bound is wrong or not known, so that nothing is known of the result. */
    private boolean unknown;

    Indexing(Evaluator here) {
        this.here = here;
    }

    Type transpose(Expr.Transpose transpose) {
        Type target = here.value(transpose.target());
        if (target.isUnknown()) {
            return new Type.Unknown();
        }
        if (!(target instanceof Type.Tensor tensor) || tensor.axes().size() < 2) {
            return here.report(
                    Code.RANK_MISMATCH,
                    transpose.span(),
                    ".T: expected a tensor of at least two axes, got " + target.describe());
        }
        List<Type.Axis> axes = new ArrayList<>(tensor.axes());
        Collections.swap(axes, axes.size() - 1, axes.size() - 2);
        return tensor.shaped(tensor.rest(), axes);
    }

    Type index(Expr.Index index) {
        Type target = here.value(index.target());
        return switch (target) {
            case Type.Unknown unknown -> unknown;
            case Type.Open open -> new Type.Unknown();
            case Type.Parts parts -> element(parts.count(), new Type.Part(parts.element()), index);
            case Type.Tuple tuple -> tuple(tuple, index);
            case Type.Tensor tensor -> tensor(tensor, index);
            default ->
                here.report(
                        Code.WRONG_KIND,
                        index.span(),
                        "[]: expected a tensor, a tuple or a list, got " + target.describe());
        };
    }

    private Type element(Size count, Type element, Expr.Index index) {
        if (index.items().size() == 1 && index.items().getFirst() instanceof IndexItem.At at) {
            position(at, count);
            return element;
        }
        return here.report(Code.WRONG_KIND, index.span(), "[]: a list takes one position");
    }

    private Type tuple(Type.Tuple tuple, Expr.Index index) {
        Type first =
                tuple.items().isEmpty() ? new Type.Unknown() : tuple.items().getFirst();
        if (element(Size.of(tuple.items().size()), first, index) instanceof Type.Unknown) {
            return new Type.Unknown();
        }
        if (index.items().getFirst() instanceof IndexItem.At at
                && here.evaluate(at.index()) instanceof Type.Int constant
                && constant.size().constant().isPresent()) {
            long position = constant.size().constant().getAsLong();
            long from = position < 0 ? position + tuple.items().size() : position;
            return from >= 0 && from < tuple.items().size() ? tuple.items().get((int) from) : new Type.Unknown();
        }
        return new Type.Unknown();
    }

    /** A constant position on an axis of a size. */
    private void position(IndexItem.At at, Size size) {
        Type type = here.value(at.index());
        if (type.isUnknown()) {
            return;
        }
        if (!(type instanceof Type.Int constant)) {
            here.report(Code.NOT_CONSTANT, at.span(), "index: must be an int constant, got " + type.describe());
            return;
        }
        OptionalLong number = constant.size().constant();
        Size needed = number.isPresent() && number.getAsLong() < 0
                ? constant.size().negated()
                : constant.size().plus(Size.ONE);
        here.conditions().demand(new Condition.AtMost(needed, size), at.span(), "index");
    }

    private Type tensor(Type.Tensor tensor, Expr.Index index) {
        Optional<Type> rows = rows(tensor, index);
        if (rows.isPresent()) {
            return rows.get();
        }
        long ellipses = index.items().stream()
                .filter(IndexItem.Ellipsis.class::isInstance)
                .count();
        long consumed = index.items().stream()
                .filter(item -> !(item instanceof IndexItem.NewAxis) && !(item instanceof IndexItem.Ellipsis))
                .count();
        boolean leadingHidden = tensor.rest() != null && ellipses == 0;
        if (ellipses > 1 || consumed > tensor.axes().size() || leadingHidden) {
            return here.report(
                    Code.RANK_MISMATCH,
                    index.span(),
                    leadingHidden
                            ? "[]: start with ... where leading axes are not known, as in x[..., 0]"
                            : "[]: has more items than " + Describe.tensor(tensor, here.facts()) + " has axes");
        }
        List<Type.Axis> axes = new ArrayList<>();
        boolean rest = false;
        int next = 0;
        for (IndexItem item : index.items()) {
            if (item instanceof IndexItem.Ellipsis) {
                int kept = tensor.axes().size() - (int) consumed;
                axes.addAll(tensor.axes().subList(next, next + kept));
                next += kept;
                rest = true;
            } else if (item instanceof IndexItem.NewAxis) {
                if (tensor.rest() != null && !rest) {
                    return here.report(
                            Code.RANK_MISMATCH,
                            item.span(),
                            "_: a new axis cannot stand before axes that are not known");
                }
                axes.add(new Type.Axis(Size.ONE, item.span()));
            } else {
                if (tensor.rest() != null && !rest) {
                    return here.report(
                            Code.RANK_MISMATCH, item.span(), "[]: start with ... where leading axes are not known");
                }
                item(item, tensor.axes().get(next)).ifPresent(axes::add);
                next++;
            }
        }
        axes.addAll(tensor.axes().subList(next, tensor.axes().size()));
        return unknown ? new Type.Unknown() : tensor.shaped(tensor.rest(), axes);
    }

    /** {@code table[ids]}: a single i32 tensor looks rows up. */
    private Optional<Type> rows(Type.Tensor table, Expr.Index index) {
        if (index.items().size() != 1 || !(index.items().getFirst() instanceof IndexItem.At at)) {
            return Optional.empty();
        }
        Type type = here.value(at.index());
        if (type.isUnknown()) {
            return Optional.of(new Type.Unknown());
        }
        if (!(type instanceof Type.Tensor ids)) {
            return Optional.empty();
        }
        if (ids.element() != ElementType.I32) {
            return Optional.of(here.elements(at.span(), "[]: rows are looked up by i32, got " + ids.element(), ids));
        }
        if (table.rest() != null || table.axes().isEmpty()) {
            return Optional.of(here.report(
                    Code.RANK_MISMATCH,
                    index.span(),
                    "[]: rows need a tensor with a known first axis, got " + Describe.tensor(table, here.facts())));
        }
        List<Type.Axis> axes = new ArrayList<>(ids.axes());
        axes.addAll(table.axes().subList(1, table.axes().size()));
        return Optional.of(table.shaped(ids.rest(), axes));
    }

    /** The axis that an item leaves, if any. */
    private Optional<Type.Axis> item(IndexItem item, Type.Axis axis) {
        return switch (item) {
            case IndexItem.At at -> {
                position(at, axis.size());
                yield Optional.empty();
            }
            case IndexItem.Range range -> Optional.of(range(range, axis));
            case IndexItem.Window window -> Optional.of(window(window, axis));
            case IndexItem.NewAxis newAxis -> Optional.empty();
            case IndexItem.Ellipsis ellipsis -> Optional.empty();
        };
    }

    private Type.Axis window(IndexItem.Window window, Type.Axis axis) {
        Type start = here.value(window.start());
        boolean scalar =
                start instanceof Type.Tensor tensor && tensor.isScalar() && tensor.element() == ElementType.I32;
        if (!scalar && !(start instanceof Type.Int) && !start.isUnknown()) {
            here.report(
                    Code.WRONG_KIND,
                    window.start().span(),
                    "..+: the start must be an i32 scalar, got " + start.describe());
        }
        Optional<Size> length = bound(window.length());
        if (length.isEmpty()) {
            unknown = true;
            return axis;
        }
        here.conditions()
                .demand(
                        new Condition.AtMost(length.get(), axis.size()),
                        window.length().span(),
                        "..+");
        return new Type.Axis(length.get(), window.length().span());
    }

    private Type.Axis range(IndexItem.Range range, Type.Axis axis) {
        if (range.start() == null && range.stop() == null && range.step() == null) {
            return axis;
        }
        Optional<Size> start = end(range.start(), axis.size(), Size.ZERO);
        Optional<Size> stop = end(range.stop(), axis.size(), axis.size());
        Optional<Size> step = range.step() == null ? Optional.of(Size.ONE) : bound(range.step());
        if (start.isEmpty() || stop.isEmpty() || step.isEmpty()) {
            unknown = true;
            return axis;
        }
        if (range.start() != null) {
            here.conditions().demand(new Condition.AtMost(Size.ZERO, start.get()), range.span(), "slice");
        }
        here.conditions().demand(new Condition.AtMost(start.get(), stop.get()), range.span(), "slice");
        if (range.stop() != null) {
            here.conditions().demand(new Condition.AtMost(stop.get(), axis.size()), range.span(), "slice");
        }
        here.conditions().demand(new Condition.AtMost(Size.ONE, step.get()), range.span(), "slice, step");
        Size extent = stop.get().minus(start.get());
        if (step.get().isOne()) {
            return new Type.Axis(extent, range.span());
        }
        return new Type.Axis(strided(extent, step.get(), range), range.span());
    }

    /** How many positions a step leaves: the extent divided by the step, rounded up. */
    private Size strided(Size extent, Size step, IndexItem.Range range) {
        Optional<Size> exact = here.facts().quotient(extent, step);
        if (exact.isPresent()) {
            return exact.get();
        }
        OptionalLong length = extent.constant();
        OptionalLong stride = step.constant();
        if (length.isPresent() && stride.isPresent() && stride.getAsLong() > 0) {
            return Size.of(Math.ceilDiv(length.getAsLong(), stride.getAsLong()));
        }
        here.conditions().demand(new Condition.Divides(extent, step), range.span(), "slice, step");
        return Size.of(new Atom.Opaque("steps", List.of(extent, step)));
    }

    private Optional<Size> end(@Nullable Expr expr, Size size, Size otherwise) {
        if (expr == null) {
            return Optional.of(otherwise);
        }
        return bound(expr).map(number -> {
            boolean fromTheEnd = number.constant().orElse(0) < 0 || expr instanceof Expr.Unary;
            return fromTheEnd ? size.plus(number) : number;
        });
    }

    private Optional<Size> bound(Expr expr) {
        Type type = here.value(expr);
        if (type instanceof Type.Int constant) {
            return Optional.of(constant.size());
        }
        if (!type.isUnknown()) {
            report(expr.span(), type);
        }
        return Optional.empty();
    }

    private void report(Span span, Type type) {
        here.report(
                Diagnostic.error(Code.NOT_CONSTANT, span, "slice: bounds must be int constants, got " + type.describe())
                        .help("a window that starts at a run-time position is x[at ..+ n]"));
    }
}
