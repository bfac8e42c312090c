package dev.weft.bench.protocol;

import java.util.List;

/**
 * What some steps took and gave.
 *
 * @param millis of each, as the side itself measured them, so that no transfer counts
 * @param losses of each in nats: of {@code train} the mean of the batch before the update, of {@code decode} and {@code prefill} that
 *     of the target behind the last token read
 */
public record Steps(List<Double> millis, List<Double> losses) {

    public Steps {
        millis = List.copyOf(millis);
        losses = List.copyOf(losses);
    }
}
