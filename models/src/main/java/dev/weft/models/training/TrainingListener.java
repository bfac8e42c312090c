package dev.weft.models.training;

import dev.weft.backend.spi.Statistics;
import dev.weft.models.Trainer;
import java.nio.file.Path;

/** Hears what a run does, on the thread that trains. Everything it hears is in the run's log as well. */
public interface TrainingListener {

    /** Listens to nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * The program is compiled, or was once more for a run that continues.
     *
     * @param parameters numbers that are trained
     * @param statistics what compiling cost and what running needs
     */
    default void compiled(long parameters, Statistics statistics) {}

    /**
     * A step is done.
     *
     * @param steps how many there will be
     * @param seconds that it took
     */
    default void step(Trainer.Step step, long steps, double seconds) {}

    /**
     * The validation part was measured.
     *
     * @param step optimizer steps done
     * @param loss nats per token (or per unit of weight)
     */
    default void evaluated(long step, double loss) {}

    /** A checkpoint is on disk. */
    default void saved(long step, Path checkpoint) {}
}
