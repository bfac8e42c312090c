package dev.weft.models.tensorfile;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Segments to channels, in pieces that a byte buffer can address. */
final class Segments {

    private static final long PIECE = 1L << 26;

    private Segments() {}

    static void write(FileChannel channel, MemorySegment data) throws IOException {
        for (long at = 0; at < data.byteSize(); at += PIECE) {
            ByteBuffer piece = bytes(data.asSlice(at, Math.min(PIECE, data.byteSize() - at)));
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }

    /** A heap segment over anything but bytes has no buffer view; its pieces are copied. */
    private static ByteBuffer bytes(MemorySegment piece) {
        if (piece.heapBase().isEmpty() || piece.heapBase().get() instanceof byte[]) {
            return piece.asByteBuffer();
        }
        return ByteBuffer.wrap(piece.toArray(ValueLayout.JAVA_BYTE));
    }
}
