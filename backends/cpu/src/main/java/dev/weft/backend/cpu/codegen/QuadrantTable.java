package dev.weft.backend.cpu.codegen;

import java.math.BigInteger;

/**
 * The tables behind the reduction of sin and cos: for each biased exponent e, {@code 2^(e − 150) · 2/π mod 4} as the sum of two f64.
 * They are texts of LLVM constants, computed once.
 */
final class QuadrantTable {
    static final int ROWS = 256;
    static final String HIGH;
    static final String LOW;

    /** The first bits of 2/π, as fdlibm's {@code e_rem_pio2.c} has them: enough for two f64 behind any of the exponents. */
    private static final BigInteger TWO_OVER_PI =
            new BigInteger("A2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163ABDEBBC561B7246E3A424DD2E0", 16);

    private static final int BITS = 320;

    /** Of an f64, without its leading one. */
    private static final int FRACTION_BITS = 52;

    static {
        StringBuilder high = new StringBuilder();
        StringBuilder low = new StringBuilder();
        for (int exponent = 0; exponent < ROWS; exponent++) {
            // Of the bits, so many are behind the point, and two before it count.
            int fraction = BITS - (exponent - 150);
            BigInteger reduced =
                    TWO_OVER_PI.and(BigInteger.ONE.shiftLeft(fraction + 2).subtract(BigInteger.ONE));
            double leading = reduced.doubleValue();
            double trailing = reduced.subtract(exact(leading)).doubleValue();
            String comma = exponent == 0 ? "" : ", ";
            high.append(comma).append("double ").append(ElementCode.f64(Math.scalb(leading, -fraction)));
            low.append(comma).append("double ").append(ElementCode.f64(Math.scalb(trailing, -fraction)));
        }
        HIGH = "private constant [" + ROWS + " x double] [" + high + "]";
        LOW = "private constant [" + ROWS + " x double] [" + low + "]";
    }

    private QuadrantTable() {}

    /** A positive f64 that is an integer. */
    private static BigInteger exact(double integer) {
        int shift = Math.getExponent(integer) - FRACTION_BITS;
        long bits = Double.doubleToLongBits(integer) & ((1L << FRACTION_BITS) - 1) | 1L << FRACTION_BITS;
        return BigInteger.valueOf(bits).shiftLeft(shift);
    }
}
