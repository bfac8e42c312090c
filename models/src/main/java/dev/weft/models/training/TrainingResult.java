package dev.weft.models.training;

import java.nio.file.Path;
import java.util.List;

/**
 * How a run ended.
 *
 * @param run its folder
 * @param steps optimizer steps done, those before it was resumed included
 * @param trainLoss mean nats of the last step's batch, before its update; NaN if no step was left to do
 * @param validationLoss mean nats over the validation part when it was last measured; NaN if there is none
 * @param seconds wall-clock time of the steps and evaluations
 * @param perSecond tokens (rows, for other data than text) trained on a second
 * @param interrupted whether it was asked to stop before its last step; it can be resumed
 * @param samples texts that the trained model wrote; none if it was interrupted or writes none
 */
public record TrainingResult(
        Path run,
        long steps,
        double trainLoss,
        double validationLoss,
        double seconds,
        double perSecond,
        boolean interrupted,
        List<String> samples) {

    public TrainingResult {
        samples = List.copyOf(samples);
    }
}
