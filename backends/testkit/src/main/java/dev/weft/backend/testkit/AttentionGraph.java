package dev.weft.backend.testkit;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention and its gradient, as a model's own would be: {@code shared} keys and values for {@code group} queries each, {@code rows}
 * queries and {@code columns} keys.
 *
 * @param mask which keys a query sees
 * @param dropout whether a quarter of the weights is dropped
 */
public record AttentionGraph(
        long batch, long shared, long group, long rows, long columns, long width, Mask mask, boolean dropout) {

    /** Which keys a query sees. */
    public enum Mask {
        /** All. */
        NONE,
        /** Those up to its own position. */
        BEFORE,
        /** Those up to its own position that are at most 50 before. */
        WINDOW,
        /** Those that an input names, and the first. */
        GIVEN,
        /** Those from a position on that an input names, and the first. */
        MOVED,
        /** Those up to a position that lies an input behind its own. */
        UNTIL,
        /** Those up to such a position that are at most 50 before it. */
        BETWEEN
    }

    private static final ElementType F32 = ElementType.F32;

    /** Attention alone. */
    public Graph forward() {
        return new Building().graph(false);
    }

    /** Attention, and the gradients of queries, keys and values for a cotangent that depends on the result. */
    public Graph withGradient() {
        return new Building().graph(true);
    }

    /** The graph in the making. */
    private final class Building {
        private final GraphBuilder b = new GraphBuilder("attention");
        private final long heads = shared * group;
        private final Value q = b.parameter("q", TensorType.of(F32, batch, rows, heads * width));
        private final Value k = b.parameter("k", TensorType.of(F32, batch, columns, shared * width));
        private final Value v = b.parameter("v", TensorType.of(F32, batch, columns, shared * width));
        private final Value ofQueries = queries(q);
        private final Value ofKeys = keys(k);
        private final Value ofValues = keys(v);

        Graph graph(boolean gradient) {
            Value scores = dot(ofQueries, ofKeys, List.of(0, 1, 2), List.of(4), List.of(4));
            Value full = b.full(scores.type(), 0.125);
            Value seen = seen(scores.type());
            Value masked = mul(scores, full);
            if (mask != Mask.NONE) {
                masked = b.add(new Select(seen, masked, b.full(scores.type(), Double.NEGATIVE_INFINITY)));
            }
            Value largest = along(b.add(new ReduceMax(masked, List.of(4))), scores);
            Value e = b.add(new Exp(b.add(new Sub(masked, largest))));
            Value weights = b.add(new Div(e, along(b.add(new ReduceSum(e, List.of(4))), scores)));
            Value kept = kept(scores.type());
            Value dropped = drop(weights, kept);
            Value result = dot(dropped, ofValues, List.of(0, 1, 2), List.of(4), List.of(3));
            Value mixed = joined(result);
            if (!gradient) {
                return b.build(List.of(mixed));
            }
            Value cotangent = b.add(new Add(b.parameter("g", mixed.type()), mixed));
            Value ofResult = queries(cotangent);
            Value back = drop(dot(ofResult, ofValues, List.of(0, 1, 2), List.of(4), List.of(4)), kept);
            Value row = along(b.add(new ReduceSum(mul(weights, back), List.of(4))), scores);
            Value ofScores = mul(weights, b.add(new Sub(back, row)));
            if (mask != Mask.NONE) {
                ofScores = b.add(new Select(seen, ofScores, b.full(scores.type(), 0)));
            }
            ofScores = mul(ofScores, full);
            return b.build(List.of(
                    mixed,
                    joined(dot(ofScores, ofKeys, List.of(0, 1, 2), List.of(4), List.of(3))),
                    summed(dot(ofScores, ofQueries, List.of(0, 1), List.of(2, 3), List.of(2, 3))),
                    summed(dot(dropped, ofResult, List.of(0, 1), List.of(2, 3), List.of(2, 3)))));
        }

        /** (B, M, (S G d)) as (B, S, G, M, d). */
        private Value queries(Value x) {
            Value apart = b.add(new Reshape(x, Shape.of(batch, rows, shared, group, width)));
            return b.add(new Permute(apart, List.of(0, 2, 3, 1, 4)));
        }

        /** (B, N, (S d)) as (B, S, G, N, d). */
        private Value keys(Value x) {
            Value apart = b.add(new Reshape(x, Shape.of(batch, columns, shared, width)));
            Value turned = b.add(new Permute(apart, List.of(0, 2, 1, 3)));
            return b.add(new Broadcast(turned, Shape.of(batch, shared, group, columns, width), List.of(0, 1, 3, 4)));
        }

        /** (B, S, G, M, d) as (B, M, (S G d)). */
        private Value joined(Value x) {
            Value turned = b.add(new Permute(x, List.of(0, 3, 1, 2, 4)));
            return b.add(new Reshape(turned, Shape.of(batch, rows, heads * width)));
        }

        /** (B, S, N, d) as (B, N, (S d)). */
        private Value summed(Value x) {
            Value turned = b.add(new Permute(x, List.of(0, 2, 1, 3)));
            return b.add(new Reshape(turned, Shape.of(batch, columns, shared * width)));
        }

        private Value dot(Value x, Value y, List<Integer> same, List<Integer> ofX, List<Integer> ofY) {
            return b.add(new DotGeneral(x, y, same, same, ofX, ofY, F32));
        }

        private Value mul(Value x, Value y) {
            return b.add(new Mul(x, y));
        }

        private Value along(Value row, Value whole) {
            return b.add(new Broadcast(row, whole.type().shape(), List.of(0, 1, 2, 3)));
        }

        private Value kept(TensorType type) {
            Value seed = b.parameter("seed", TensorType.scalar(ElementType.I32));
            Value uniform = b.add(new Random(seed, seed, "drop", type.shape()));
            return b.add(new Ge(uniform, b.full(type, 0.25)));
        }

        private Value drop(Value x, Value kept) {
            Value scaled = b.add(new Div(x, b.full(x.type(), 0.75)));
            return dropout ? b.add(new Select(kept, scaled, b.full(x.type(), 0))) : x;
        }

        /** An input may be negative, down to −9: at least one key is seen. */
        private Value behind(Value row) {
            Value input = b.parameter("behind", TensorType.scalar(ElementType.I32));
            Value by = b.add(new Add(input, b.full(input.type(), 10)));
            return b.add(new Add(row, b.add(new Broadcast(by, row.type().shape(), List.of()))));
        }

        private Value seen(TensorType type) {
            Shape square = Shape.of(rows, columns);
            Value row = b.add(new Broadcast(b.add(new Iota(Shape.of(rows), 0, ElementType.I32)), square, List.of(0)));
            Value column =
                    b.add(new Broadcast(b.add(new Iota(Shape.of(columns), 0, ElementType.I32)), square, List.of(1)));
            Value first = b.add(new Eq(column, b.full(column.type(), 0)));
            Value inSquare =
                    switch (mask) {
                        case NONE, BEFORE -> b.add(new Le(column, row));
                        case WINDOW ->
                            b.add(new And(
                                    b.add(new Le(column, row)),
                                    b.add(new Le(b.add(new Sub(row, column)), b.full(row.type(), 50)))));
                        case GIVEN -> {
                            Value given = b.parameter("seen", TensorType.of(ElementType.BOOL, columns));
                            yield b.add(new Or(b.add(new Broadcast(given, square, List.of(1))), first));
                        }
                        case MOVED -> {
                            Value from = b.parameter("from", TensorType.scalar(ElementType.I32));
                            Value moved = b.add(new Add(row, b.add(new Broadcast(from, square, List.of()))));
                            yield b.add(new Or(b.add(new Ge(column, moved)), first));
                        }
                        case UNTIL -> b.add(new Le(column, behind(row)));
                        case BETWEEN -> {
                            Value last = behind(row);
                            yield b.add(new And(
                                    b.add(new Le(column, last)),
                                    b.add(new Gt(column, b.add(new Sub(last, b.full(row.type(), 51)))))));
                        }
                    };
            return b.add(new Broadcast(inSquare, type.shape(), List.of(3, 4)));
        }
    }

    /** Sizes with a rest on every side, each with another mask; few enough to be interpreted in seconds. */
    public static List<AttentionGraph> samples() {
        List<AttentionGraph> samples = new ArrayList<>();
        long[] rows = {1, 7, 63, 64, 65, 200};
        long[] widths = {5, 32, 64, 80, 5, 32};
        for (int i = 0; i < rows.length; i++) {
            Mask[] masks = Mask.values();
            samples.add(new AttentionGraph(1, 2, 1, rows[i], rows[i], widths[i], Mask.BEFORE, i % 2 == 1));
            samples.add(new AttentionGraph(
                    2,
                    1 + i % 2,
                    2,
                    rows[i],
                    rows[i],
                    widths[(i + 2) % 4] / 2 + 1,
                    masks[i % masks.length],
                    i % 2 == 0));
        }
        samples.add(new AttentionGraph(1, 2, 1, 9, 130, 8, Mask.MOVED, false));
        samples.add(new AttentionGraph(1, 2, 1, 9, 130, 8, Mask.UNTIL, false));
        samples.add(new AttentionGraph(1, 5, 1, 1, 200, 16, Mask.UNTIL, false));
        samples.add(new AttentionGraph(2, 2, 2, 3, 130, 20, Mask.UNTIL, true));
        samples.add(new AttentionGraph(2, 1, 2, 70, 320, 16, Mask.UNTIL, true));
        samples.add(new AttentionGraph(1, 2, 1, 130, 256, 8, Mask.BETWEEN, false));
        samples.add(new AttentionGraph(2, 2, 2, 144, 144, 16, Mask.BEFORE, false));
        samples.add(new AttentionGraph(1, 2, 1, 330, 330, 8, Mask.WINDOW, false));
        return samples;
    }

    @Override
    public String toString() {
        return "%d x %d x %d heads, %d x %d, width %d, mask %s%s"
                .formatted(batch, shared, group, rows, columns, width, mask, dropout ? ", dropout" : "");
    }
}
