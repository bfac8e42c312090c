package dev.weft.backend.testkit;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory of a tensor between two zones of known bytes, aligned to one element and no more. */
final class Guarded {

    private static final long ZONE = 64;
    private static final byte MARK = (byte) 0xA5;

    private final MemorySegment whole;
    private final MemorySegment data;

    private Guarded(Arena arena, TensorType type) {
        long begin = ZONE + type.element().bytes();
        this.whole = arena.allocate(begin + type.bytes() + ZONE, ZONE);
        this.whole.fill(MARK);
        this.data = whole.asSlice(begin, type.bytes());
    }

    /** Memory that holds nothing yet. */
    static Guarded empty(Arena arena, TensorType type) {
        return new Guarded(arena, type);
    }

    static Guarded of(Arena arena, Tensor tensor) {
        Guarded guarded = new Guarded(arena, tensor.type());
        TensorBytes.write(tensor, guarded.data);
        return guarded;
    }

    MemorySegment data() {
        return data;
    }

    /** Fails if a byte outside the data has changed. */
    void check(String what) {
        long begin = data.address() - whole.address();
        long end = begin + data.byteSize();
        for (long i = 0; i < whole.byteSize(); i++) {
            if ((i < begin || i >= end) && whole.get(ValueLayout.JAVA_BYTE, i) != MARK) {
                throw new AssertionError("%s: byte %d outside its %d bytes was written"
                        .formatted(what, i < begin ? i - begin : i - end, data.byteSize()));
            }
        }
    }
}
