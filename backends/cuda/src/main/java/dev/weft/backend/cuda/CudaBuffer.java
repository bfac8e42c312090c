package dev.weft.backend.cuda;

import dev.weft.backend.spi.Buffer;
import dev.weft.graph.type.TensorType;

/** A tensor at an address of the device. The session owns the memory. */
record CudaBuffer(CudaSession owner, TensorType type, long address) implements Buffer {

    @Override
    public void close() {
        // The session gives the memory back.
    }
}
