package dev.weft.models.training;

import dev.weft.models.LoadedModel;
import dev.weft.models.Program;
import dev.weft.models.names.Names;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.WeightFiles;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A model that a run starts from, open until {@link #close}. */
final class Initial implements AutoCloseable {

    private final Map<String, String> constants;
    private final SequencedMap<String, Tensor> tensors;
    private final Path tokenizerFolder;
    private final @Nullable LoadedModel model;
    private final Runnable resource;
    private final Arena arena = Arena.ofShared();

    private Initial(
            Map<String, String> constants,
            SequencedMap<String, Tensor> tensors,
            Path tokenizerFolder,
            @Nullable LoadedModel model,
            Runnable resource) {
        this.constants = constants;
        this.tensors = tensors;
        this.tokenizerFolder = tokenizerFolder;
        this.model = model;
        this.resource = resource;
    }

    /**
     * Opens what a request starts from. A folder of others is read with the names of the request's program; where that has none, or
     * the user names tensors, as it is.
     */
    static Initial open(InitFrom from, String program) {
        Path path = Path.of(from.model());
        boolean ofOthers = !RunFolder.isRun(path) && Files.isRegularFile(RunFolder.config(path));
        Program loaded = Program.load(program);
        if (ofOthers && (loaded.names().isEmpty() || !from.renames().isEmpty())) {
            WeightFiles file = WeightFiles.open(path);
            return new Initial(Map.of(), file.tensors(), path, null, file::close);
        }
        LoadedModel model = LoadedModel.open(path, loaded);
        Map<String, String> constants = new LinkedHashMap<>();
        model.program().boundConstants().forEach((name, value) -> {
            if (loaded.takes(name)) {
                constants.put(name, value.toString());
            }
        });
        return new Initial(constants, model.parameters(), path, model, model::close);
    }

    /** Those constants of the model that the program takes too. */
    Map<String, String> constants() {
        return constants;
    }

    SequencedMap<String, Tensor> tensors() {
        return tensors;
    }

    Tokenizer tokenizer() {
        return model == null ? Tokenizers.load(tokenizerFolder) : model.tokenizer();
    }

    /** An f16 or bf16 tensor as f32. */
    Tensor widened(Tensor tensor) {
        return Names.widen(tensor, arena);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        resource.run();
    }
}
