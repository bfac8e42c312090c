package dev.weft.bench.suite;

import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured of one side.
 *
 * @param name of the contestant
 * @param version by its own words
 * @param unavailable why it could not take part; empty if it did
 * @param failed whether it should have
 * @param millis of each step of each turn that counts
 * @param losses of all steps, warm-up included
 * @param peakBytes resident at most
 */
record SideResult(
        String name,
        String version,
        String unavailable,
        boolean failed,
        List<List<Double>> millis,
        List<Double> losses,
        OptionalLong peakBytes) {

    SideResult {
        millis = millis.stream().map(List::copyOf).toList();
        losses = List.copyOf(losses);
    }

    static SideResult unavailable(String name, String sentence) {
        return new SideResult(name, "", sentence, false, List.of(), List.of(), OptionalLong.empty());
    }

    static SideResult failed(String name, String sentence) {
        return new SideResult(name, "", sentence, true, List.of(), List.of(), OptionalLong.empty());
    }

    boolean isThere() {
        return unavailable.isEmpty();
    }

    /** Milliseconds of each turn: the median of its steps. */
    List<Double> turns() {
        return millis.stream().map(turn -> Spread.of(turn).median()).toList();
    }

    /** Milliseconds a step, over turns. */
    Spread spread() {
        return Spread.of(turns());
    }

    double lastLoss() {
        return losses.isEmpty() ? Double.NaN : losses.getLast();
    }
}
