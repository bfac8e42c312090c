package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Slice;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code x[…]}: constant positions and ranges as one slice, windows from a run-time start, new axes, rows of a table. */
final class Indexing {

    /**
     * What is taken of one axis.
     *
     * @param dynamic a run-time start, instead of {@code start}
     * @param removed whether the axis goes away
     */
    record Part(long start, long limit, long step, @Nullable Value dynamic, boolean removed) {
        static Part all(long size) {
            return new Part(0, size, 1, null, false);
        }

        long length() {
            return Math.ceilDiv(limit - start, step);
        }
    }

    private final Evaluator evaluator;

    Indexing(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    Val read(Expr.Index index) {
        Val target = evaluator.eval(index.target());
        if (target instanceof Val.Tuple(List<Val> items)) {
            return items.get((int) position(index, items.size()));
        }
        Value x = evaluator.tensor(target, index.target().span());
        if (index.items().size() == 1 && index.items().getFirst() instanceof IndexItem.At(Span _, Expr ids)) {
            Val rows = evaluator.contents(evaluator.eval(ids), ids.span());
            if (rows instanceof Val.Tensor(Value value, String _)) {
                return new Val.Tensor(evaluator.trace(index.span()).add(new Gather(x, value)));
            }
        }
        List<Part> parts = parts(index.items(), x.type().shape(), index.span());
        Value taken = take(x, parts, index.span());
        return new Val.Tensor(Emit.reshape(
                evaluator.trace(index.span()),
                taken,
                shape(index.items(), taken.type().shape(), parts)));
    }

    private long position(Expr.Index index, int size) {
        if (index.items().size() != 1 || !(index.items().getFirst() instanceof IndexItem.At(Span span, Expr at))) {
            throw Refusal.at(
                    index.span(), "%s: a list takes one position", index.span().text());
        }
        return position(evaluator.integer(at), size, at.span());
    }

    private static long position(long written, long size, Span span) {
        long position = written < 0 ? written + size : written;
        if (position < 0 || position >= size) {
            throw Refusal.at(span, "%s: position must be in %d..%d, got %d", span.text(), -size, size - 1, written);
        }
        return position;
    }

    /** One part for each axis of the shape. */
    List<Part> parts(List<IndexItem> items, Shape shape, Span span) {
        int consumed = (int) items.stream().filter(Indexing::consumes).count();
        long ellipses =
                items.stream().filter(IndexItem.Ellipsis.class::isInstance).count();
        if (consumed > shape.rank() || ellipses > 1) {
            throw Refusal.at(
                    span,
                    "%s: must have at most %d positions and one ..., got %d and %d",
                    span.text(),
                    shape.rank(),
                    consumed,
                    ellipses);
        }
        List<Part> parts = new ArrayList<>();
        for (IndexItem item : items) {
            if (consumes(item)) {
                parts.add(part(item, shape.dim(parts.size())));
            } else if (item instanceof IndexItem.Ellipsis) {
                for (int i = consumed; i < shape.rank(); i++) {
                    parts.add(Part.all(shape.size(parts.size())));
                }
            }
        }
        while (parts.size() < shape.rank()) {
            parts.add(Part.all(shape.size(parts.size())));
        }
        return parts;
    }

    private static boolean consumes(IndexItem item) {
        return switch (item) {
            case IndexItem.At _, IndexItem.Range _, IndexItem.Window _ -> true;
            case IndexItem.NewAxis _, IndexItem.Ellipsis _ -> false;
        };
    }

    private Part part(IndexItem item, Dim dim) {
        return switch (item) {
            case IndexItem.At(Span span, Expr index) -> {
                long at = position(evaluator.integer(index), dim.size(), span);
                yield new Part(at, at + 1, 1, null, true);
            }
            case IndexItem.Range range -> range(range, dim);
            case IndexItem.Window(Span span, Expr start, Expr length) -> {
                long size = evaluator.integer(length);
                if (size < 0 || size > dim.size()) {
                    throw Refusal.at(span, "%s: length must be in 0..%s, got %d", span.text(), dim, size);
                }
                yield window(evaluator.contents(evaluator.eval(start), start.span()), size, dim, start.span());
            }
            case IndexItem.NewAxis _, IndexItem.Ellipsis _ -> throw new IllegalStateException("takes no axis");
        };
    }

    private Part window(Val start, long size, Dim dim, Span span) {
        if (start instanceof Val.Tensor(Value value, String _) && value.op() instanceof Constant(var _, double at)) {
            return window(new Val.Int((long) at), size, dim, span);
        }
        if (start instanceof Val.Int(long at)) {
            if (at < 0 || at + size > dim.size()) {
                throw Refusal.at(
                        span,
                        "start: must be in 0..%d so that %d fit into %s, got %d",
                        dim.size() - size,
                        size,
                        dim,
                        at);
            }
            return new Part(at, at + size, 1, null, false);
        }
        Value value = evaluator.tensor(start, span);
        if (value.type().rank() != 0 || value.type().element() != ElementType.I32) {
            throw Refusal.at(span, "%s: start must be i32[], got %s", span.text(), value.type());
        }
        return new Part(0, size, 1, value, false);
    }

    private Part range(IndexItem.Range range, Dim dim) {
        long start = bound(range.start(), 0, dim.size());
        long stop = bound(range.stop(), dim.size(), dim.size());
        Expr by = range.step();
        long step = by == null ? 1 : evaluator.integer(by);
        if (start < 0 || start > stop || stop > dim.size() || step < 1) {
            throw Refusal.at(
                    range.span(),
                    "%s: must have 0 <= start <= stop <= %s and a positive step, got %d:%d:%d",
                    range.span().text(),
                    dim,
                    start,
                    stop,
                    step);
        }
        return new Part(start, stop, step, null, false);
    }

    private long bound(@Nullable Expr expr, long missing, long size) {
        if (expr == null) {
            return missing;
        }
        long written = evaluator.integer(expr);
        return written < 0 ? written + size : written;
    }

    /** The parts of x; axes that are removed later have size 1. */
    Value take(Value x, List<Part> parts, Span span) {
        Trace trace = evaluator.trace(span);
        Value taken = x;
        boolean whole = true;
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> steps = new ArrayList<>();
        for (int axis = 0; axis < parts.size(); axis++) {
            Part part = parts.get(axis);
            long size = x.type().size(axis);
            Part fixed = part.dynamic() == null ? part : Part.all(size);
            starts.add(fixed.start());
            limits.add(fixed.limit());
            steps.add(fixed.step());
            whole &= fixed.start() == 0 && fixed.limit() == size && fixed.step() == 1;
        }
        if (!whole) {
            taken = trace.add(new Slice(taken, starts, limits, steps));
        }
        for (int axis = 0; axis < parts.size(); axis++) {
            Value start = parts.get(axis).dynamic();
            if (start != null) {
                taken = trace.add(
                        new DynamicSlice(taken, start, axis, parts.get(axis).limit()));
            }
        }
        return taken;
    }

    /** The shape after new axes came and positions went. */
    private static Shape shape(List<IndexItem> items, Shape taken, List<Part> parts) {
        List<Dim> dims = new ArrayList<>();
        int axis = 0;
        int left =
                parts.size() - (int) items.stream().filter(Indexing::consumes).count();
        for (IndexItem item : items) {
            if (item instanceof IndexItem.NewAxis) {
                dims.add(Dim.of(1));
            } else if (item instanceof IndexItem.Ellipsis) {
                for (int i = 0; i < left; i++) {
                    dims.add(taken.dim(axis++));
                }
            } else {
                if (!parts.get(axis).removed()) {
                    dims.add(taken.dim(axis));
                }
                axis++;
            }
        }
        while (axis < taken.rank()) {
            dims.add(taken.dim(axis++));
        }
        return new Shape(dims);
    }
}
