package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A product with one thread's argument blocks: executing it allocates nothing. Closing is safe to repeat. */
public final class MatmulCall implements AutoCloseable {
    private static final int SOURCE = 1;
    private static final int DESTINATION = 17;
    private static final int WEIGHTS = 33;
    private static final int SCRATCHPAD = 80;
    private static final int ARGUMENT_BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final OneDnn owner;
    private final Matmul product;
    private @Nullable MemorySegment primitive;
    private final MemorySegment stream;
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;
    private final MemorySegment scratch;
    private final MemorySegment arguments;
    private final int count;
    private boolean closed;

    MatmulCall(OneDnn owner, Matmul product, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment scratch) {
        this.owner = owner;
        this.product = product;
        this.stream = owner.stream();
        this.a = a;
        this.b = b;
        this.c = c;
        this.scratch = scratch;
        this.count = NativeCalls.isNull(scratch) ? 3 : 4;
        this.arguments = arena.allocate(4L * ARGUMENT_BYTES, 8);
        argument(0, SOURCE, a);
        argument(1, WEIGHTS, b);
        argument(2, DESTINATION, c);
        argument(3, SCRATCHPAD, scratch);
    }

    private void argument(int index, int name, MemorySegment memory) {
        arguments.set(ValueLayout.JAVA_INT, (long) index * ARGUMENT_BYTES, name);
        arguments.set(ValueLayout.ADDRESS, (long) index * ARGUMENT_BYTES + 8, memory);
    }

    /** Runs the product on the operands at these addresses. */
    public void execute(long addressA, long addressB, long addressC) {
        OneDnn.setData(a, addressA);
        OneDnn.setData(b, addressB);
        OneDnn.setData(c, addressC);
        MemorySegment known = primitive;
        if (known == null) {
            known = product.primitive();
            primitive = known;
        }
        OneDnn.execute(known, stream, count, arguments);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owner.destroyMemory(a);
            owner.destroyMemory(b);
            owner.destroyMemory(c);
            if (count == 4) {
                owner.destroyMemory(scratch);
            }
            arena.close();
        }
    }
}
