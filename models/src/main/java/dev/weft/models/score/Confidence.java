package dev.weft.models.score;

/** Intervals that a mean of many independent parts lies in. */
public final class Confidence {

    /** Half of a 95 % interval of a normal distribution, in standard deviations. */
    private static final double DEVIATIONS = 1.959964;

    private Confidence() {}

    /** Half of a 95 % confidence interval; NaN for NaN. */
    public static double half(double standardError) {
        return DEVIATIONS * standardError;
    }
}
