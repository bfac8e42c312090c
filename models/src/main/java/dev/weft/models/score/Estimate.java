package dev.weft.models.score;

/**
 * A mean of independent parts.
 *
 * @param mean of the parts
 * @param confidence half of its 95 % confidence interval; NaN where there are fewer than two parts
 */
public record Estimate(double mean, double confidence) {

    /** Of values that are drawn by chance, at least one. */
    public static Estimate of(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double variance = values.length < 2 ? Double.NaN : squares / (values.length - 1);
        return new Estimate(mean, Confidence.half(Math.sqrt(variance / values.length)));
    }
}
