package dev.weft.backend.cpu;

import dev.weft.backend.spi.Buffer;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;

/** A row-major tensor in a session's memory. The session owns the memory, so there is nothing to give back early. */
final class CpuBuffer implements Buffer {
    private final CpuSession owner;
    private final TensorType type;
    private final MemorySegment memory;

    CpuBuffer(CpuSession owner, TensorType type, MemorySegment memory) {
        this.owner = owner;
        this.type = type;
        this.memory = memory.asSlice(0, type.bytes());
    }

    CpuSession owner() {
        return owner;
    }

    MemorySegment memory() {
        return memory;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public void close() {
        // The session's memory is one piece: nothing of it is given back before the session is closed.
    }
}
