package dev.weft.cli;

import dev.weft.models.LoadedModel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A trained model. */
final class ModelOptions {

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "A run, a checkpoint or a Hugging Face folder. The latest run if not given.")
    @Nullable
    Path model;

    /** Opens it. The caller closes it. */
    LoadedModel open() {
        return model == null ? LoadedModel.latest(TrainCommand.RUNS) : LoadedModel.open(model);
    }
}
