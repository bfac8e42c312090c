package dev.weft.graph.nest;

import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Reverse;
import dev.weft.graph.op.Slice;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Row-major positions and indices, and where a movement op reads: the symbolic counterpart of its {@code source}. */
public final class IndexMaps {
    private IndexMaps() {}

    /** The row-major position of an index. */
    public static Index position(List<Index> index, Shape shape) {
        long[] strides = shape.strides();
        Index position = Index.ZERO;
        for (int axis = 0; axis < strides.length; axis++) {
            position = position.plus(index.get(axis).times(strides[axis]));
        }
        return position;
    }

    /** The index at a row-major position. */
    public static List<Index> index(Index position, Shape shape) {
        Index[] index = new Index[shape.rank()];
        Index rest = position;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (axis == 0) {
                index[axis] = shape.size(axis) == 1 ? Index.ZERO : rest;
            } else if (shape.size(axis) <= 1) {
                index[axis] = Index.ZERO;
            } else {
                Index.Division division = rest.divide(shape.size(axis));
                index[axis] = division.remainder();
                rest = division.quotient();
            }
        }
        return List.of(index);
    }

    /** The index into the operand that the element at {@code index} comes from. */
    public static List<Index> source(Movement.Layout op, List<Index> index) {
        return switch (op) {
            case Reshape reshape -> reshape(reshape, index);
            case Permute permute -> {
                Index[] source = new Index[index.size()];
                for (int axis = 0; axis < source.length; axis++) {
                    source[permute.axes().get(axis)] = index.get(axis);
                }
                yield Arrays.asList(source);
            }
            case Broadcast broadcast ->
                broadcast.axes().stream().map(index::get).toList();
            case Slice slice -> {
                List<Index> source = new ArrayList<>();
                for (int axis = 0; axis < index.size(); axis++) {
                    source.add(index.get(axis)
                            .times(slice.strides().get(axis))
                            .plus(slice.starts().get(axis)));
                }
                yield source;
            }
            case Pad pad -> pad(pad, index);
            case Reverse reverse -> {
                List<Index> source = new ArrayList<>(index);
                for (int axis : reverse.axes()) {
                    source.set(
                            axis,
                            index.get(axis).times(-1).plus(reverse.x().type().size(axis) - 1));
                }
                yield source;
            }
        };
    }

    /** Leading and trailing axes that both shapes share pass through; only what lies between is counted out again. */
    private static List<Index> reshape(Reshape op, List<Index> index) {
        Shape to = op.shape();
        Shape from = op.x().type().shape();
        int lead = 0;
        while (lead < to.rank() && lead < from.rank() && to.size(lead) == from.size(lead)) {
            lead++;
        }
        Index position = position(index.subList(lead, index.size()), tail(to, lead));
        List<Index> source = new ArrayList<>(index.subList(0, lead));
        source.addAll(index(position, tail(from, lead)));
        return source;
    }

    private static Shape tail(Shape shape, int from) {
        return new Shape(shape.dims().subList(from, shape.rank()));
    }

    private static List<Index> pad(Pad op, List<Index> index) {
        List<Index> source = new ArrayList<>();
        for (int axis = 0; axis < index.size(); axis++) {
            Index position = index.get(axis).plus(-op.low().get(axis));
            long step = op.interior().get(axis) + 1;
            source.add(clamp(
                    step == 1 ? position : unsplit(position, step),
                    op.x().type().size(axis)));
        }
        return source;
    }

    /** A quotient that stays one: between the elements of a pad nothing is gained by splitting loops. */
    private static Index unsplit(Index x, long divisor) {
        return Index.of(new Term.Quotient(x, divisor));
    }

    /** {@code x} held inside 0 … {@code size} − 1. */
    public static Index clamp(Index x, long size) {
        long max = Math.max(0, size - 1);
        return x.min() >= 0 && x.max() <= max ? x : Index.of(new Term.Clamp(x, 0, max));
    }
}
