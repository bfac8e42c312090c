package dev.weft.backend.cuda.nativelib;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A shared library that can be loaded and exports nothing, as containers without access to a GPU have it. */
public final class EmptyLibrary {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int PROGRAM_HEADERS = 3;
    private static final long DYNAMIC = HEADER_BYTES + (long) PROGRAM_HEADERS * PROGRAM_HEADER_BYTES;
    private static final int DYNAMIC_ENTRIES = 6;
    private static final long SYMBOLS = DYNAMIC + DYNAMIC_ENTRIES * 16L;
    private static final long HASH = SYMBOLS + 24;
    private static final long STRINGS = HASH + 16;
    private static final long BYTES = STRINGS + 8;

    private EmptyLibrary() {}

    /** For this processor. */
    public static byte[] bytes() {
        return bytes((short) 62);
    }

    /** For a processor that is not this one. */
    static byte[] foreign() {
        return bytes((short) 183);
    }

    /** An ELF file: a header, one segment with all of the file, and a dynamic section with empty tables. */
    private static byte[] bytes(short processor) {
        ByteBuffer file = ByteBuffer.allocate((int) BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
        file.putShort((short) 3).putShort(processor).putInt(1); // a shared object
        file.putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(0);
        file.putShort((short) HEADER_BYTES)
                .putShort((short) PROGRAM_HEADER_BYTES)
                .putShort((short) PROGRAM_HEADERS);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        segment(file, 1, 0, BYTES, 0x1000); // loaded
        segment(file, 2, DYNAMIC, DYNAMIC_ENTRIES * 16L, 8); // dynamic
        segment(file, 0x6474e551, 0, 0, 16); // a stack that holds no code
        entry(file, 4, HASH);
        entry(file, 5, STRINGS);
        entry(file, 6, SYMBOLS);
        entry(file, 10, 1);
        entry(file, 11, 24);
        entry(file, 0, 0);
        file.position((int) HASH);
        file.putInt(1).putInt(1).putInt(0).putInt(0); // one bucket, one symbol: none
        return file.array();
    }

    private static void segment(ByteBuffer file, int type, long offset, long bytes, long alignment) {
        int readableAndWritable = 6;
        file.putInt(type).putInt(readableAndWritable);
        file.putLong(offset)
                .putLong(offset)
                .putLong(offset)
                .putLong(bytes)
                .putLong(bytes)
                .putLong(alignment);
    }

    private static void entry(ByteBuffer file, long tag, long value) {
        file.putLong(tag).putLong(value);
    }
}
