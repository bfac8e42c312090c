package dev.weft.graph.nest;

import dev.weft.graph.Value;
import java.util.List;

/**
 * The columns of each row that may matter, where integers that are data decide about it: those at which every condition holds. No
 * conditions: all may.
 */
public record LiveColumns(List<Condition> conditions) {

    /** Nothing is known. */
    public static final LiveColumns ALL = new LiveColumns(List.of());

    /** Sums of numbers this large and smaller run over in no integer type. */
    private static final long MOST = Integer.MAX_VALUE;

    /**
     * {@code factor · column + Σ steps · counter + Σ data + constant ≥ 0}.
     *
     * @param factor not 0
     * @param steps for each outer loop, the rows last
     * @param magnitude most that all but the data can add up to, each without its sign
     */
    public record Condition(long factor, List<Long> steps, List<Datum> data, long constant, long magnitude) {

        public Condition {
            steps = List.copyOf(steps);
            data = List.copyOf(data);
        }
    }

    /**
     * An integer in memory.
     *
     * @param negated whether it counts with the other sign
     * @param offset of the element, to which each outer loop adds a step for each of its iterations
     */
    public record Datum(Value value, boolean negated, long offset, List<Long> steps) {

        public Datum {
            steps = List.copyOf(steps);
        }
    }

    /** Reads an integer that is data. */
    @FunctionalInterface
    public interface Reader {

        /** The element at a row-major position. */
        long read(Value value, long position);
    }

    public LiveColumns {
        conditions = List.copyOf(conditions);
    }

    /** Whether the columns that matter are fewer than all for some data. */
    public boolean isBounded() {
        return !conditions.isEmpty();
    }

    /** Columns {@code from} … {@code to} − 1. */
    public record Span(long from, long to) {}

    /**
     * The columns outside of which nothing of some rows matters; all columns if one of the rows has none that matters.
     *
     * @param index counters of the outer loops; of the last, the rows, the first row
     * @param rows how many
     * @param columns of each row
     */
    public Span span(long[] index, long rows, long columns, Reader reader) {
        long[] sums = new long[conditions.size()];
        for (int i = 0; i < sums.length; i++) {
            Condition condition = conditions.get(i);
            long sum = condition.constant();
            long magnitude = condition.magnitude();
            for (Datum datum : condition.data()) {
                long number = reader.read(datum.value(), position(datum, index));
                if (number > MOST - magnitude || number < magnitude - MOST) {
                    return new Span(0, columns);
                }
                magnitude += Math.abs(number);
                sum += datum.negated() ? -number : number;
            }
            for (int axis = 0; axis < index.length; axis++) {
                sum += condition.steps().get(axis) * index[axis];
            }
            sums[i] = sum;
        }
        long from = columns;
        long to = 0;
        for (long row = 0; row < rows; row++) {
            long first = 0;
            long last = columns - 1;
            for (int i = 0; i < sums.length; i++) {
                long factor = conditions.get(i).factor();
                if (factor < 0) {
                    last = Math.min(last, Math.floorDiv(sums[i], -factor));
                } else {
                    first = Math.max(first, Math.ceilDiv(-sums[i], factor));
                }
                sums[i] += conditions.get(i).steps().getLast();
            }
            if (first > last) {
                return new Span(0, columns);
            }
            from = Math.min(from, first);
            to = Math.max(to, last + 1);
        }
        return new Span(from, to);
    }

    private static long position(Datum datum, long[] index) {
        long position = datum.offset();
        for (int axis = 0; axis < index.length; axis++) {
            position += datum.steps().get(axis) * index[axis];
        }
        return position;
    }
}
