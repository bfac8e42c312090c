package dev.weft.graph.op;

/** The error function in f64, which the JDK lacks. */
final class ErrorFunction {

    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private ErrorFunction() {}

    /**
     * erf(x) to about 1e-15: the Maclaurin series of {@code e^(x²) erf(x)} below 3, where all its terms are positive, and the
     * continued fraction of erfc above (Abramowitz and Stegun 7.1.6 and 7.1.14).
     */
    static double erf(double x) {
        double a = Math.abs(x);
        if (Double.isNaN(x) || a == 0) {
            return x;
        }
        double y = a < 3 ? series(a) : a < 6.5 ? 1 - complementByFraction(a) : 1;
        return Math.copySign(y, x);
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
    }

    private static double complementByFraction(double x) {
        double fraction = x;
        for (int k = 60; k >= 1; k--) {
            fraction = x + k / 2.0 / fraction;
        }
        return StrictMath.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
    }
}
