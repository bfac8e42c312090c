package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.DefectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A way to make a product, as it is kept between runs.
 *
 * @param version of the library that it belongs to
 * @param workspaceBytes that it needs
 * @param opaque the library's own words for it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Algorithm(long version, long workspaceBytes, byte[] opaque) {
    /** Bytes of cublasLtMatmulAlgo_t. */
    static final int OPAQUE_BYTES = 64;

    private static final int BYTES = 2 * Long.BYTES + OPAQUE_BYTES;

    static Algorithm of(byte[] kept) {
        if (kept.length != BYTES) {
            throw new DefectException(
                    "product: a way to make it must have " + BYTES + " bytes, got " + kept.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(kept).order(ByteOrder.LITTLE_ENDIAN);
        long version = buffer.getLong();
        long workspaceBytes = buffer.getLong();
        byte[] opaque = new byte[OPAQUE_BYTES];
        buffer.get(opaque);
        return new Algorithm(version, workspaceBytes, opaque);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(version)
                .putLong(workspaceBytes)
                .put(opaque)
                .array();
    }
}
