package dev.weft.cli;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

    @Mixin
    final CheckpointOption state = new CheckpointOption();

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME|PATH",
            description =
                    "Another tokenizer than the model's own: gpt2, a file such as tokenizer.json, or the folder of a model.")
    @Nullable
    String tokenizer;

    /** Opens it. The caller closes it. */
    LoadedModel open(Weft weft) {
        LoadedModel loaded = state.open(model, weft);
        if (tokenizer != null) {
            loaded.useTokenizer(tokenizer);
        }
        return loaded;
    }
}
