package dev.weft.models.compress;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Arithmetic coding with integers only: each symbol narrows a range of 2⁵⁶ to its share of it, and leading bytes that can no longer
 * change are given out. Costs {@code log2(total / frequency)} bits a symbol, and less than 2⁻¹⁶ of that more.
 */
final class RangeEncoder {

    /** Frequencies of one symbol sum up to at most this. */
    static final long MOST_TOTAL = 1L << 31;

    /** Bits of the range. */
    static final int BITS = 56;

    /** The range is never smaller than this when a symbol comes. */
    static final long LEAST_RANGE = 1L << BITS - Byte.SIZE;

    private static final int TOP = BITS - Byte.SIZE;
    private static final int BYTE = 0xff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long low;
    private long range = 1L << BITS;
    /** The last byte that a carry can still change; before the first there is none. */
    private int held = -1;
    /** Bytes 0xff behind it, through which a carry would run. */
    private long full;

    /**
     * Codes a symbol.
     *
     * @param before sum of the frequencies of the symbols before it
     * @param frequency of it, at least 1
     * @param total sum of all frequencies, at most {@link #MOST_TOTAL}
     */
    void encode(long before, long frequency, long total) {
        long unit = range / total;
        low += unit * before;
        range = unit * frequency;
        while (range <= LEAST_RANGE) {
            shift();
            range <<= Byte.SIZE;
        }
    }

    /** Gives out the leading byte of {@code low}, or holds it back while a carry may change it. */
    private void shift() {
        int leading = (int) (low >>> TOP);
        if (leading == BYTE) {
            full++;
        } else {
            release(leading >> Byte.SIZE);
            held = leading & BYTE;
        }
        low = (low & (1L << TOP) - 1) << Byte.SIZE;
    }

    private void release(int carry) {
        if (held >= 0) {
            out.write(held + carry);
        }
        for (; full > 0; full--) {
            out.write(BYTE + carry);
        }
    }

    /** The code of all symbols, without the zeros at its end. */
    byte[] finish() {
        // Any number of the range will do: the one with most zeros.
        long last = low + range - 1;
        int zeros = 0;
        while (zeros < BITS && last >>> zeros + 1 << zeros + 1 >= low) {
            zeros++;
        }
        low = last >>> zeros << zeros;
        for (int i = 0; i <= BITS / Byte.SIZE; i++) {
            shift();
        }
        byte[] code = out.toByteArray();
        int length = code.length;
        while (length > 0 && code[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(code, length);
    }
}
