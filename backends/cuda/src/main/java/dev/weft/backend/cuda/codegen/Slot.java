package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.List;

/** One parameter of a kernel: an address, or a number that would make equal kernels differ. */
public sealed interface Slot {

    /** The memory of a value. */
    record Tensor(Value value) implements Slot {}

    /** Memory for the running results of a reduction, one for each block; contents do not outlive the region. */
    record Partial(Value reduction, long bytes) implements Slot {}

    /** Memory for a vector's copy in a narrower type; contents do not outlive the region. */
    record Narrowed(Value vector, ElementType element) implements Slot {
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

    /** A 64-bit number. */
    record Number(long bits) implements Slot {}

    /** Two 64-bit words: whether an index was found outside its bounds, and which. */
    record Status() implements Slot {}
}
