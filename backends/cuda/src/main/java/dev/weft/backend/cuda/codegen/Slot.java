package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.List;

/** One parameter of a kernel: an address, or a number that would make equal kernels differ. */
public sealed interface Slot {

    /** The memory of a value. */
    record Tensor(Value value) implements Slot {}

    /** Memory that kernels of one region hand on to each other; contents do not outlive the region. */
    sealed interface Temporary extends Slot {
        long bytes();
    }

    /** Memory for the running results of a reduction, one for each block. */
    record Partial(Value reduction, long bytes) implements Temporary {}

    /**
     * Memory for anything else.
     *
     * @param value that it is needed for
     * @param name which of several
     * @param type of its elements, in C++
     */
    record Scratch(Value value, String name, String type, long bytes) implements Temporary {}

    /** Memory for a vector's copy in a narrower type. */
    record Narrowed(Value vector, ElementType element) implements Temporary {
        @Override
        public long bytes() {
            return vector.type().shape().elements() * element.bytes();
        }
    }

    /** A table of words in device memory, row by row: addresses and numbers that are known before anything runs. */
    record Table(List<List<Slot>> rows) implements Slot {
        public Table {
            rows = rows.stream().map(List::copyOf).toList();
        }

        /** All words, in order. */
        public List<Slot> words() {
            return rows.stream().flatMap(List::stream).toList();
        }
    }

    /**
     * A table of two words for each block, where some parts are cut into blocks: the number of its part, and the first of the part's
     * elements that it has.
     *
     * @param sizes elements of each part
     * @param most elements that a block has
     */
    record Cuts(List<Long> sizes, long most) implements Slot {
        public Cuts {
            sizes = List.copyOf(sizes);
        }

        /** How many blocks a part of so many elements has. */
        public long blocks(long size) {
            return Math.ceilDiv(size, most);
        }

        /** How many blocks all parts have. */
        public int blocks() {
            return Math.toIntExact(sizes.stream().mapToLong(this::blocks).sum());
        }

        /** All words, in order. */
        public long[] words() {
            long[] words = new long[2 * blocks()];
            int at = 0;
            for (int part = 0; part < sizes.size(); part++) {
                for (long from = 0; from < sizes.get(part); from += most) {
                    words[at++] = part;
                    words[at++] = from;
                }
            }
            return words;
        }
    }

    /** A 64-bit number. */
    record Number(long bits) implements Slot {}

    /** Two 64-bit words: whether an index was found outside its bounds, and which. */
    record Status() implements Slot {}
}
