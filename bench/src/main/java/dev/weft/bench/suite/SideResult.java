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
 * @param written bytes of what it wrote, where that is what is compared
 * @param host milliseconds of each step that counts in which the side did not wait for a device; empty if it does not tell
 */
record SideResult(
        String name,
        String version,
        String unavailable,
        boolean failed,
        List<List<Double>> millis,
        List<Double> losses,
        OptionalLong peakBytes,
        OptionalLong written,
        List<Double> host) {

    /** Of work that writes nothing, and of a side that does not tell what the host did. */
    SideResult(
            String name,
            String version,
            String unavailable,
            boolean failed,
            List<List<Double>> millis,
            List<Double> losses,
            OptionalLong peakBytes) {
        this(name, version, unavailable, failed, millis, losses, peakBytes, OptionalLong.empty(), List.of());
    }

    SideResult {
        millis = millis.stream().map(List::copyOf).toList();
        losses = List.copyOf(losses);
        host = List.copyOf(host);
    }

    /** Of a process that ran once. */
    static SideResult once(String name, double millis, OptionalLong written) {
        return new SideResult(
                name, "", "", false, List.of(List.of(millis)), List.of(), OptionalLong.empty(), written, List.of());
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

    /** What part of a step is the host's own; NaN if the side does not tell. */
    double hostShare() {
        return host.isEmpty() ? Double.NaN : Spread.of(host).median() / spread().median();
    }

    double lastLoss() {
        return losses.isEmpty() ? Double.NaN : losses.getLast();
    }
}
