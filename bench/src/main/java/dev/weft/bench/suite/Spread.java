package dev.weft.bench.suite;

import java.util.Collection;

/**
 * The middle of some numbers.
 *
 * @param lower quartile
 * @param upper quartile
 */
record Spread(double lower, double median, double upper) {

    /** Of at least one number. Between two numbers a quartile is interpolated. */
    static Spread of(Collection<Double> numbers) {
        if (numbers.isEmpty()) {
            throw new IllegalArgumentException("spread: needs at least one number");
        }
        double[] sorted =
                numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    private static double at(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    Spread times(double factor) {
        return new Spread(lower * factor, median * factor, upper * factor);
    }
}
