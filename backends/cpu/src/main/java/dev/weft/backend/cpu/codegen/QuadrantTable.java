package dev.weft.backend.cpu.codegen;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The tables behind the reduction of sin and cos: for each biased exponent e, {@code 2^(e − 150) · 2/π mod 4} as the sum of two f64.
 * They are texts of LLVM constants, computed once.
 */
final class QuadrantTable {
    static final int ROWS = 256;
    static final String HIGH;
    static final String LOW;

    private static final MathContext DIGITS = new MathContext(120, RoundingMode.HALF_EVEN);

    static {
        StringBuilder high = new StringBuilder();
        StringBuilder low = new StringBuilder();
        BigDecimal twoOverPi = BigDecimal.TWO.divide(pi(), DIGITS);
        BigDecimal four = BigDecimal.valueOf(4);
        for (int exponent = 0; exponent < ROWS; exponent++) {
            int shift = exponent - 150;
            BigDecimal scaled = shift >= 0
                    ? twoOverPi.multiply(BigDecimal.TWO.pow(shift))
                    : twoOverPi.divide(BigDecimal.TWO.pow(-shift), DIGITS);
            BigDecimal reduced = scaled.remainder(four);
            double leading = reduced.doubleValue();
            double trailing = reduced.subtract(new BigDecimal(leading)).doubleValue();
            String comma = exponent == 0 ? "" : ", ";
            high.append(comma).append("double ").append(ElementCode.f64(leading));
            low.append(comma).append("double ").append(ElementCode.f64(trailing));
        }
        HIGH = "private constant [" + ROWS + " x double] [" + high + "]";
        LOW = "private constant [" + ROWS + " x double] [" + low + "]";
    }

    private QuadrantTable() {}

    /** Machin: π = 16 arctan(1/5) − 4 arctan(1/239). */
    private static BigDecimal pi() {
        return arctanInverse(5)
                .multiply(BigDecimal.valueOf(16))
                .subtract(arctanInverse(239).multiply(BigDecimal.valueOf(4)));
    }

    private static BigDecimal arctanInverse(int x) {
        BigDecimal power = BigDecimal.ONE.divide(BigDecimal.valueOf(x), DIGITS);
        BigDecimal square = BigDecimal.valueOf((long) x * x);
        BigDecimal sum = BigDecimal.ZERO;
        for (int n = 1; power.signum() != 0 && power.scale() - power.precision() < 125; n += 2) {
            BigDecimal term = power.divide(BigDecimal.valueOf(n), DIGITS);
            sum = (n & 2) == 0 ? sum.add(term) : sum.subtract(term);
            power = power.divide(square, DIGITS);
        }
        return sum;
    }
}
