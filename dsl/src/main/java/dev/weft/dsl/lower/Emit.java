package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Values of the graph in the language's terms: stretching, constants that take a tensor's type, shapes that stay readable. */
final class Emit {

    private Emit() {}

    /** A constant as a scalar of an element type; ints fit everywhere but bool, floats fit floats, bools fit bool. */
    static Value scalar(Trace trace, Val.Known known, ElementType element, Span span) {
        double value =
                switch (known) {
                    case Val.Int(long number) when element.isNumber() -> number;
                    case Val.Real(double number) when element.isFloat() -> number;
                    case Val.Bool(boolean truth) when element == ElementType.BOOL -> truth ? 1 : 0;
                    case Val.Int _, Val.Real _, Val.Bool _ ->
                        throw Refusal.at(span, "%s: must fit %s, which it does not", known.describe(), element);
                };
        return trace.add(new Constant(element, value));
    }

    static Value reshape(Trace trace, Value x, Shape shape) {
        Value from = x;
        while (from.op() instanceof Reshape inner) {
            from = inner.x();
        }
        return from.type().shape().equals(shape) ? from : trace.add(new Reshape(from, shape));
    }

    static Value permute(Trace trace, Value x, List<Integer> axes) {
        if (axes.equals(IntStream.range(0, axes.size()).boxed().toList())) {
            return x;
        }
        return trace.add(new Permute(x, axes));
    }

    static Value cast(Trace trace, Value x, ElementType element) {
        return x.type().element() == element ? x : trace.add(new Cast(x, element));
    }

    /** The shape that both stretch to: aligned at the right, missing axes and sizes of 1 stretch. */
    static Shape join(Shape a, Shape b, String subject, Span span) {
        int rank = Math.max(a.rank(), b.rank());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int i = axis - rank + a.rank();
            int j = axis - rank + b.rank();
            if (i < 0 || j < 0) {
                dims.add(i < 0 ? b.dim(j) : a.dim(i));
            } else if (a.size(i) == b.size(j)) {
                dims.add(a.dim(i).label() == null ? b.dim(j) : a.dim(i));
            } else if (a.size(i) == 1 || b.size(j) == 1) {
                dims.add(a.size(i) == 1 ? b.dim(j) : a.dim(i));
            } else {
                throw Refusal.at(
                        span,
                        "%s: sizes must be equal or 1, got %s and %s (axis %d of %s and %s)",
                        subject,
                        a.dim(i),
                        b.dim(j),
                        axis,
                        a,
                        b);
            }
        }
        return new Shape(dims);
    }

    /** x stretched to a shape that it joins to. */
    static Value stretch(Trace trace, Value x, Shape shape, String subject, Span span) {
        Shape from = x.type().shape();
        if (from.equals(shape)) {
            return x;
        }
        if (from.rank() > shape.rank() || !join(from, shape, subject, span).equals(shape)) {
            throw Refusal.at(span, "%s: must stretch to %s, got %s", subject, shape, x.type());
        }
        List<Integer> axes = new ArrayList<>();
        List<Dim> kept = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            int to = axis + shape.rank() - from.rank();
            if (from.size(axis) == shape.size(to)) {
                axes.add(to);
                kept.add(from.dim(axis));
            }
        }
        return trace.add(new Broadcast(reshape(trace, x, new Shape(kept)), shape, axes));
    }

    /** A constant in every element. */
    static Value full(Trace trace, Val.Known known, TensorType type, Span span) {
        return stretch(trace, scalar(trace, known, type.element(), span), type.shape(), known.describe(), span);
    }

    /** An axis as written, from 0; negative ones count from the end. */
    static int axis(long written, int rank, String subject, Span span) {
        long axis = written < 0 ? written + rank : written;
        if (axis < 0 || axis >= rank) {
            throw Refusal.at(span, "%s: axis must be in %d..%d, got %d", subject, -rank, rank - 1, written);
        }
        return (int) axis;
    }
}
