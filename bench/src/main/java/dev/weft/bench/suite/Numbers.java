package dev.weft.bench.suite;

import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {

    private Numbers() {}

    /** With three digits that say something: 1,234 · 123 · 12.3 · 1.23 · 0.123; NaN is a dash. */
    static String of(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 || size == 0 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Bytes as GB of 10⁹. */
    static String gigabytes(long bytes) {
        return of(bytes / 1e9) + " GB";
    }
}
