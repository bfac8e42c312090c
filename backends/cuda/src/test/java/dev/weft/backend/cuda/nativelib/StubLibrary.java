package dev.weft.backend.cuda.nativelib;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Shared libraries that can be loaded, with a few bytes of code for each function or with none, as containers without a GPU have it. */
final class StubLibrary {
    /** Returns 0. */
    static final byte[] SUCCEEDS = {0x31, (byte) 0xc0, (byte) 0xc3};

    private static final short X86_64 = 62;
    private static final short AARCH64 = 183;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int PROGRAM_HEADERS = 3;
    private static final int DYNAMIC = HEADER_BYTES + PROGRAM_HEADERS * PROGRAM_HEADER_BYTES;
    private static final int DYNAMIC_BYTES = 6 * 16;
    private static final int SYMBOL_BYTES = 24;

    private StubLibrary() {}

    /** Without functions, for this processor. */
    static byte[] empty() {
        return bytes(X86_64, Map.of());
    }

    /** For a processor that is not this one. */
    static byte[] foreign() {
        return bytes(AARCH64, Map.of());
    }

    /** With these functions, by name, in machine code. */
    static byte[] of(SequencedMap<String, byte[]> functions) {
        return bytes(X86_64, functions);
    }

    /** Writes a number to where its first argument points, and returns 0. */
    static byte[] writes(int number) {
        return ByteBuffer.allocate(9)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0xc7, 0x07})
                .putInt(number)
                .put(SUCCEEDS)
                .array();
    }

    /** Returns a number. */
    static byte[] returns(int number) {
        return ByteBuffer.allocate(6)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xb8)
                .putInt(number)
                .put((byte) 0xc3)
                .array();
    }

    /** An ELF file: a header, one segment with all of the file, and a dynamic section with its tables. */
    private static byte[] bytes(short processor, Map<String, byte[]> functions) {
        List<String> names = new ArrayList<>(functions.keySet());
        int symbols = DYNAMIC + DYNAMIC_BYTES;
        int hash = symbols + (names.size() + 1) * SYMBOL_BYTES;
        int strings = hash + (4 + names.size()) * Integer.BYTES;
        String text = "\0" + String.join("\0", names) + "\0";
        int code = strings + text.length();
        int all = code
                + functions.values().stream()
                        .mapToInt(function -> function.length)
                        .sum();
        ByteBuffer file = ByteBuffer.allocate(all).order(ByteOrder.LITTLE_ENDIAN);
        header(file, processor);
        segment(file, 1, 0, all, 0x1000); // loaded
        segment(file, 2, DYNAMIC, DYNAMIC_BYTES, 8); // dynamic
        segment(file, 0x6474e551, 0, 0, 16); // a stack that holds no code
        entry(file, 4, hash);
        entry(file, 5, strings);
        entry(file, 6, symbols);
        entry(file, 10, text.length());
        entry(file, 11, SYMBOL_BYTES);
        entry(file, 0, 0);
        file.position(hash);
        // One bucket, in which each symbol leads to the next.
        file.putInt(1).putInt(names.size() + 1).putInt(names.isEmpty() ? 0 : 1).putInt(0);
        for (int i = 1; i <= names.size(); i++) {
            file.putInt(i == names.size() ? 0 : i + 1);
        }
        file.put(text.getBytes(StandardCharsets.US_ASCII));
        int at = code;
        for (int i = 0; i < names.size(); i++) {
            byte[] function = functions.get(names.get(i));
            file.position(symbols + (i + 1) * SYMBOL_BYTES);
            byte globalFunction = 0x12;
            file.putInt(text.indexOf("\0" + names.get(i) + "\0") + 1)
                    .put(globalFunction)
                    .put((byte) 0)
                    .putShort((short) 1)
                    .putLong(at)
                    .putLong(function.length);
            file.position(at);
            file.put(function);
            at += function.length;
        }
        return file.array();
    }

    private static void header(ByteBuffer file, short processor) {
        file.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1).position(16);
        file.putShort((short) 3).putShort(processor).putInt(1); // a shared object
        file.putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(0);
        file.putShort((short) HEADER_BYTES)
                .putShort((short) PROGRAM_HEADER_BYTES)
                .putShort((short) PROGRAM_HEADERS);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(ByteBuffer file, int type, long offset, long bytes, long alignment) {
        int readableWritableAndCode = 7;
        file.putInt(type).putInt(type == 0x6474e551 ? 6 : readableWritableAndCode);
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
