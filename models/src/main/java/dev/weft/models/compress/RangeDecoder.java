package dev.weft.models.compress;

/** Reads what {@link RangeEncoder} wrote, given the same frequencies. */
final class RangeDecoder {

    private final byte[] code;
    private int next;
    private long value;
    private long range = 1L << RangeEncoder.BITS;
    private long unit;

    RangeDecoder(byte[] code) {
        this.code = code;
        for (int i = 0; i < RangeEncoder.BITS / Byte.SIZE; i++) {
            value = value << Byte.SIZE | nextByte();
        }
    }

    /** Behind the end there are zeros: a code that was cut is decoded to something, which its checksum tells. */
    private int nextByte() {
        return next < code.length ? Byte.toUnsignedInt(code[next++]) : 0;
    }

    /** A number below {@code total}: that of the symbol whose frequencies begin at or before it and end behind it. */
    long target(long total) {
        unit = range / total;
        return Math.min(total - 1, value / unit);
    }

    /** Takes that symbol off the code. */
    void take(long before, long frequency) {
        value -= unit * before;
        range = unit * frequency;
        while (range <= RangeEncoder.LEAST_RANGE) {
            value = value << Byte.SIZE | nextByte();
            range <<= Byte.SIZE;
        }
    }
}
