package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A trained model. */
final class ModelOptions {

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "A run, a checkpoint or a Hugging Face folder. The latest run if not given.")
    @Nullable
    Path model;

    @Option(
            names = "--checkpoint",
            paramLabel = "WHICH",
            description =
                    "A checkpoint of the run: best (the lowest validation loss), last, or step-N. The finished model if not given.")
    @Nullable
    String checkpoint;

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME|PATH",
            description =
                    "Another tokenizer than the model's own: gpt2, a file such as tokenizer.json, or the folder of a model.")
    @Nullable
    String tokenizer;

    /** Opens it. The caller closes it. */
    LoadedModel open(Weft weft) {
        if (model != null && model.toString().isEmpty()) {
            throw new UserException(
                    "MODEL: must not be empty; name a run, a checkpoint or a Hugging Face folder, or leave it out for the latest run");
        }
        LoadedModel loaded = find(weft);
        if (tokenizer != null) {
            loaded.useTokenizer(tokenizer);
        }
        return loaded;
    }

    private LoadedModel find(Weft weft) {
        if (checkpoint != null) {
            Path run = model == null ? LoadedModel.latestRun(TrainCommand.RUNS) : model;
            return LoadedModel.openCheckpoint(run, checkpoint, weft);
        }
        return model == null ? LoadedModel.latest(TrainCommand.RUNS, weft) : LoadedModel.open(model, weft);
    }
}
