package dev.weft.bench.protocol;

import java.util.List;
import java.util.Objects;

/**
 * What some steps took and gave.
 *
 * @param millis of each, as the side itself measured them, so that no transfer counts
 * @param losses of each in nats: of {@code train} the mean of the batch before the update, of {@code decode} and {@code prefill} that
 *     of the target behind the last token read
 * @param host milliseconds of each in which the side did not wait for a device; empty if it does not tell
 */
public record Steps(List<Double> millis, List<Double> losses, List<Double> host) {

    public Steps {
        millis = List.copyOf(millis);
        losses = List.copyOf(losses);
        // An answer need not have it.
        host = List.copyOf(Objects.requireNonNullElse(host, List.of()));
    }

    /** Of a side that computes itself. */
    public Steps(List<Double> millis, List<Double> losses) {
        this(millis, losses, List.of());
    }
}
