package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which state of a run a command is about, and the run itself where none is named. */
final class CheckpointOption {

    @Option(
            names = "--checkpoint",
            paramLabel = "WHICH",
            description =
                    "A checkpoint of the run: best (the lowest validation loss), last, or step-N. The finished model if not given.")
    @Nullable
    String checkpoint;

    /** Opens a model, or that of the latest run. The caller closes it. */
    LoadedModel open(@Nullable Path model) {
        Path named = named(model);
        return checkpoint == null ? LoadedModel.open(named) : LoadedModel.openCheckpoint(named, checkpoint);
    }

    /** As above; a program that {@code weft} knows from before is not parsed for it. */
    LoadedModel open(@Nullable Path model, Weft weft) {
        Path named = named(model);
        return checkpoint == null ? LoadedModel.open(named, weft) : LoadedModel.openCheckpoint(named, checkpoint, weft);
    }

    private static Path named(@Nullable Path model) {
        if (model == null) {
            return LoadedModel.latestRun(TrainCommand.RUNS);
        }
        if (model.toString().isEmpty()) {
            throw new UserException("MODEL: must not be empty; name one, or leave it out for the latest run");
        }
        return model;
    }
}
