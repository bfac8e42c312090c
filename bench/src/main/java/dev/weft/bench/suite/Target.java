package dev.weft.bench.suite;

import java.util.function.ToDoubleFunction;

/**
 * What a row must reach.
 *
 * @param what is measured, with its unit
 * @param bound that it must reach
 * @param atLeast whether more is better
 * @param value of a result; NaN if it lacks what this takes
 */
record Target(String what, double bound, boolean atLeast, ToDoubleFunction<Result> value) {

    /** How many times as fast as a peer; {@code peer} is the name of a contestant. */
    static Target times(double bound, String peer) {
        return new Target("times as fast as " + peer, bound, true, result -> result.ratio(peer));
    }

    /** By what part of our time a peer's may differ from it. */
    static Target near(double bound, String peer) {
        return new Target("of our time away from " + peer, bound, false, result -> Math.abs(result.ratio(peer) - 1));
    }

    static Target seconds(double bound) {
        return new Target("s", bound, false, result -> result.oursMillis() / 1e3);
    }

    static Target tokensPerSecond(double bound) {
        return new Target("tokens a second", bound, true, result -> 1e3 * result.tokens() / result.oursMillis());
    }

    /** Bytes resident at most, Java included. */
    static Target resident(double bytes) {
        return new Target(
                "GB resident, Java included",
                bytes / 1e9,
                false,
                result -> result.ours().peakBytes().isPresent()
                        ? result.ours().peakBytes().getAsLong() / 1e9
                        : Double.NaN);
    }

    /** Of the limit that the peak measured in the same run sets. */
    static Target shareOfLimit(double bound) {
        return new Target("of the limit", bound, true, Result::share);
    }

    /** Of a step in which the host does not wait for the device, which then may wait for the host. */
    static Target hostShare(double bound) {
        return new Target(
                "of a step on the host", bound, false, result -> result.ours().hostShare());
    }

    /** {@code at least 2.00 times as fast as libtorch f32}. */
    String words() {
        return new Verdict(what, bound, atLeast, Double.NaN).bound() + " " + what;
    }

    Verdict verdict(Result result) {
        return new Verdict(what, bound, atLeast, value.applyAsDouble(result));
    }
}
