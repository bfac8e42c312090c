package dev.weft.models;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import dev.weft.models.names.ImportPlan;
import dev.weft.models.names.Names;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import dev.weft.models.tensorfile.WeightFiles;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model in the Hugging Face layout, and the program that computes it. Its weights are mapped files, valid until {@link #close}. */
public final class HuggingFaceFolder implements AutoCloseable {

    private final Path path;
    private final Map<String, Object> config;
    private final Fit fit;
    private final WeightFiles files;

    private HuggingFaceFolder(Path path, Map<String, Object> config, Fit fit, WeightFiles files) {
        this.path = path;
        this.config = Collections.unmodifiableMap(config);
        this.fit = fit;
        this.files = files;
    }

    /** Whether {@code path} is such a folder: it has a {@code config.json}, and weights. */
    static boolean isAt(Path path) {
        return Files.exists(RunFolder.config(path)) && WeightFiles.areIn(path);
    }

    /**
     * Opens a folder.
     *
     * @param chosen the program that computes it; null for the first shipped one whose file of names says that it does
     * @throws UserException if it is no such folder, or no program computes such a model: for each program, why
     */
    public static HuggingFaceFolder open(Path path, @Nullable Program chosen) {
        return open(path, chosen, Program::load);
    }

    static HuggingFaceFolder open(Path path, @Nullable Program chosen, Function<String, Program> reader) {
        if (!Files.isDirectory(path)) {
            throw new UserException(path + ": there is no such folder");
        }
        if (!isAt(path)) {
            throw new UserException(path + ": is no Hugging Face folder (with config.json and model.safetensors)");
        }
        Path file = RunFolder.config(path);
        Map<String, Object> config = Json.readObject(file);
        return new HuggingFaceFolder(path, config, fit(config, file, chosen, reader), WeightFiles.open(path));
    }

    private record Fit(Program program, Names names) {}

    private static Fit fit(
            Map<String, Object> config, Path file, @Nullable Program chosen, Function<String, Program> reader) {
        List<String> names = chosen == null ? ShippedPrograms.names() : List.of(chosen.name());
        List<String> reasons = new ArrayList<>();
        for (String name : names) {
            Optional<String> text = chosen == null ? ShippedPrograms.resource(name + ".names") : chosen.names();
            if (text.isEmpty()) {
                continue;
            }
            try {
                Names known = Names.parse(text.get(), name + ".names");
                Map<String, String> constants = new LinkedHashMap<>();
                known.constants(config, file.toString())
                        .forEach((constant, value) -> constants.put(constant, value.toString()));
                return new Fit((chosen == null ? reader.apply(name) : chosen).withStored(constants, file), known);
            } catch (UserException e) {
                reasons.add(name + ": " + e.getMessage());
            }
        }
        throw new UserException("%s: no program with a file of names computes such a model%s"
                .formatted(file, reasons.isEmpty() ? "" : TensorNames.list(reasons)));
    }

    public Path path() {
        return path;
    }

    /** What {@code config.json} says. */
    public Map<String, Object> config() {
        return config;
    }

    /** The program with the constants of this model. */
    public Program program() {
        return fit.program();
    }

    /** The tensors under their own names, with their own types. */
    public SequencedMap<String, Tensor> tensors() {
        return files.tensors();
    }

    /** How they become the program's, each with the element type that it has. */
    public ImportPlan plan() {
        return fit.names()
                .planImport(tensors(), program().weights(), files.path().toString());
    }

    /** They as the program's, widened where it wants f32; what is made for that lives in {@code arena}. */
    SequencedMap<String, Tensor> parameters(Arena arena) {
        return fit.names()
                .importTensors(
                        tensors(), program().weights(), arena, files.path().toString());
    }

    @Override
    public void close() {
        files.close();
    }
}
