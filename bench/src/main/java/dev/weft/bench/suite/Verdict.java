package dev.weft.bench.suite;

import java.util.Locale;

/**
 * A target and what came of it.
 *
 * @param what is measured, with its unit
 * @param atLeast whether more is better
 * @param value measured; NaN if it could not be
 */
record Verdict(String what, double target, boolean atLeast, double value) {

    /** How it came out. */
    enum Outcome {
        HELD,
        MISSED,
        NOT_AVAILABLE;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    Outcome outcome() {
        if (Double.isNaN(value)) {
            return Outcome.NOT_AVAILABLE;
        }
        return (atLeast ? value >= target : value <= target) ? Outcome.HELD : Outcome.MISSED;
    }

    /** {@code 2.0 times libtorch f32} as {@code at least 2.00}. */
    String bound() {
        return (atLeast ? "at least " : "at most ") + Numbers.of(target);
    }
}
