package dev.weft.cli.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A range of numbers on a range of pixels, with ticks at round numbers.
 *
 * @param low the first number
 * @param high the last number, greater than {@code low}
 * @param from where the first is drawn
 * @param to where the last is drawn
 * @param step from one tick to the next
 */
record Axis(double low, double high, double from, double to, double step) {

    /** An axis for what lies between {@code low} and {@code high}, with about {@code count} ticks, on which both ends lie. */
    static Axis of(double low, double high, double from, double to, int count) {
        double range = high - low > 0 ? high - low : Math.max(1, Math.abs(low));
        double step = round(range / count);
        double first = Math.floor(low / step) * step;
        double last = Math.ceil(high / step) * step;
        return new Axis(first, last > first ? last : first + step, from, to, step);
    }

    /** As above, but ending where the numbers end. */
    static Axis tight(double low, double high, double from, double to, int count) {
        double end = high > low ? high : low + 1;
        return new Axis(low, end, from, to, round((end - low) / count));
    }

    /** The nearest of 1, 2 and 5 times a power of ten that is not less. */
    private static double round(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double digit = step / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    double place(double value) {
        return from + (value - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (long n = (long) Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
            ticks.add(n * step);
        }
        return ticks;
    }

    /** {@code 1500} as 1,500, {@code 2500000} as 2.5M, {@code 0.05} with as many digits as the step needs. */
    String label(double value) {
        double largest = Math.max(Math.abs(low), Math.abs(high));
        double unit = largest >= 1e9 ? 1e9 : largest >= 1e6 ? 1e6 : largest >= 1e5 ? 1e3 : 1;
        String suffix = unit == 1e9 ? "G" : unit == 1e6 ? "M" : unit == 1e3 ? "k" : "";
        int digits = Math.clamp((int) Math.ceil(-Math.log10(step / unit) - 1e-9), 0, 9);
        return String.format(Locale.ROOT, "%,." + digits + "f", value / unit) + (value == 0 ? "" : suffix);
    }
}
