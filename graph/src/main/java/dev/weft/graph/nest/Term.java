package dev.weft.graph.nest;

import dev.weft.graph.Value;

/** What an index is made of besides constants: an integer with known bounds. */
public sealed interface Term {

    /** Smallest value, inclusive. */
    long min();

    /** Largest value, inclusive. */
    long max();

    /** A loop's counter, in 0 … {@code size} − 1. Two loops are equal only if they are the same one. */
    final class Loop implements Term {
        private final long size;
        private final boolean mayBeSplit;

        public Loop(long size) {
            this(size, true);
        }

        private Loop(long size, boolean mayBeSplit) {
            this.size = size;
            this.mayBeSplit = mayBeSplit;
        }

        /** A loop of a kernel that is written by hand and has exactly the loops that it says. */
        public static Loop whole(long size) {
            return new Loop(size, false);
        }

        public boolean mayBeSplit() {
            return mayBeSplit;
        }

        public long size() {
            return size;
        }

        @Override
        public long min() {
            return 0;
        }

        @Override
        public long max() {
            return Math.max(0, size - 1);
        }
    }

    /** {@code ⌊x / divisor⌋}. */
    record Quotient(Index x, long divisor) implements Term {
        @Override
        public long min() {
            return Math.floorDiv(x.min(), divisor);
        }

        @Override
        public long max() {
            return Math.floorDiv(x.max(), divisor);
        }
    }

    /** {@code x − divisor · ⌊x / divisor⌋}. */
    record Remainder(Index x, long divisor) implements Term {
        @Override
        public long min() {
            return 0;
        }

        @Override
        public long max() {
            return divisor - 1;
        }
    }

    /** x, or the nearer bound where it is outside. */
    record Clamp(Index x, long min, long max) implements Term {}

    /** An integer that is data: the element of {@code value} at a row-major position; in bounds, as was checked before. */
    record Data(Value value, Index at, long min, long max) implements Term {}
}
