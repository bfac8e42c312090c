package dev.weft.models;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.json.Json;
import dev.weft.models.names.Names;
import dev.weft.models.run.Checkpoint;
import dev.weft.models.run.Checkpoints;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A trained model as it lies on disk: a run, one of its checkpoints, or a Hugging Face folder that a shipped program computes. Its
 * tensors are mapped files, valid until {@link #close}.
 */
public final class LoadedModel implements AutoCloseable {

    private static final String CHECKPOINTS = "checkpoints";
    private static final String STEP = "step-";
    /** A constant that, if a program has it, is the number of ids of its tokenizer. */
    private static final String VOCABULARY = "vocab";

    private final Path path;
    private final Program program;
    private final SequencedMap<String, Tensor> stored;
    private final Path folder;
    private final Runnable files;
    private final Arena arena;
    /** What is stored as the program wants it, once that was asked for. */
    private @Nullable SequencedMap<String, Tensor> parameters;
    /** Null for the model's own. */
    private @Nullable String tokenizerName;

    private LoadedModel(
            Path path, Program program, SequencedMap<String, Tensor> stored, Path folder, Runnable files, Arena arena) {
        this.path = path;
        this.program = program;
        this.stored = stored;
        this.folder = folder;
        this.files = files;
        this.arena = arena;
    }

    /**
     * The model in a folder.
     *
     * @throws UserException if there is none, or its tensors do not fit its program: which ones, and which types
     */
    public static LoadedModel open(Path path) {
        return open(path, null, Program::load);
    }

    /** As above; a program that {@code weft} knows from before is not parsed for it. */
    public static LoadedModel open(Path path, Weft weft) {
        return open(path, null, weft::load);
    }

    /**
     * As above, for {@code program} where the folder is of others and does not say which program computes it.
     *
     * @param program null for the shipped program whose names fit
     */
    public static LoadedModel open(Path path, @Nullable Program program) {
        return open(path, program, Program::load);
    }

    private static LoadedModel open(Path path, @Nullable Program program, Function<String, Program> reader) {
        if (!Files.isDirectory(path)) {
            throw new UserException(path + ": there is no such folder; a model is a run such as runs/gpt-1, one of its"
                    + " checkpoints, or a Hugging Face folder");
        }
        Path parent = path.toAbsolutePath().normalize().getParent();
        if (RunFolder.isRun(path)) {
            return ofRun(path, reader);
        }
        if (parent != null && parent.endsWith(CHECKPOINTS) && RunFolder.isRun(parent.getParent())) {
            return ofCheckpoint(
                    parent.getParent(),
                    path.toAbsolutePath().normalize().getFileName().toString(),
                    reader);
        }
        if (HuggingFaceFolder.isAt(path)) {
            return ofOthers(path, program, reader);
        }
        throw new UserException(
                "%s: is neither a run (with run.json), nor a Hugging Face folder (with config.json and model.safetensors)"
                        .formatted(path));
    }

    /**
     * The run that was last written to.
     *
     * @param runs the folder of runs
     * @throws UserException if there is none
     */
    public static LoadedModel latest(Path runs) {
        return open(latestRun(runs));
    }

    /** As above; a program that {@code weft} knows from before is not parsed for it. */
    public static LoadedModel latest(Path runs, Weft weft) {
        return open(latestRun(runs), weft);
    }

    /** The folder of the run that was last written to, as {@link #latest}. */
    public static Path latestRun(Path runs) {
        return RunFolder.latest(runs)
                .orElseThrow(() ->
                        new UserException(runs + ": has no run; name a model, or train one first: weft train gpt"));
    }

    /**
     * A checkpoint of a run.
     *
     * @param which {@code best}: that with the lowest validation loss; {@code last}; or {@code step-N}
     * @throws UserException if it is no run, or has no such checkpoint: the error lists those it has
     */
    public static LoadedModel openCheckpoint(Path run, String which) {
        return openCheckpoint(run, which, Program::load);
    }

    /** As above; a program that {@code weft} knows from before is not parsed for it. */
    public static LoadedModel openCheckpoint(Path run, String which, Weft weft) {
        return openCheckpoint(run, which, weft::load);
    }

    private static LoadedModel openCheckpoint(Path run, String which, Function<String, Program> reader) {
        RunFolder.readRun(run);
        Checkpoints checkpoints = Checkpoints.of(run);
        OptionalLong step =
                switch (which) {
                    case "best" -> checkpoints.best();
                    case "last" -> checkpoints.last();
                    default -> named(which);
                };
        if (step.isEmpty()) {
            throw new UserException(
                    "%s: has no checkpoint %s; a checkpoint is best, last or step-N, and there are those of the steps %s"
                            .formatted(run, which, checkpoints.steps()));
        }
        return ofCheckpoint(run, STEP + step.getAsLong(), reader);
    }

    private static OptionalLong named(String which) {
        return which.matches(STEP + "[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(which.substring(STEP.length())))
                : OptionalLong.empty();
    }

    /** The finished model; of a run that was interrupted, its last checkpoint. */
    private static LoadedModel ofRun(Path run, Function<String, Program> reader) {
        if (!Files.exists(RunFolder.model(run))) {
            OptionalLong last = Checkpoints.of(run).last();
            if (last.isEmpty()) {
                throw new UserException(run + ": has no model yet, neither model.safetensors nor a checkpoint");
            }
            return ofCheckpoint(run, STEP + last.getAsLong(), reader);
        }
        Program program = programOf(run, reader);
        SafeTensors file = SafeTensors.open(RunFolder.model(run));
        Arena arena = Arena.ofShared();
        try {
            SequencedMap<String, TensorType> wanted = wanted(program);
            TensorNames.require(file.path().toString(), Names.widenedTypes(file.types(), wanted), wanted);
            return new LoadedModel(run, program, file.tensors(), run, file::close, arena);
        } catch (RuntimeException e) {
            arena.close();
            file.close();
            throw e;
        }
    }

    private static LoadedModel ofCheckpoint(Path run, String name, Function<String, Program> reader) {
        if (!name.matches(STEP + "[0-9]{1,18}")) {
            throw new UserException(
                    run.resolve(CHECKPOINTS).resolve(name) + ": is no checkpoint; one is called step-N");
        }
        Program program = programOf(run, reader);
        Checkpoint checkpoint = Checkpoints.of(run).open(Long.parseLong(name.substring(STEP.length())));
        try {
            return new LoadedModel(
                    checkpoint.path(),
                    program,
                    checkpoint.tensorsAmong(wanted(program)),
                    run,
                    checkpoint::close,
                    Arena.ofShared());
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** The program of a run from the run's own copy of its sources, with its constants. */
    public static Program programOf(Path run) {
        return programOf(run, Program::load);
    }

    private static Program programOf(Path run, Function<String, Program> reader) {
        Path file = RunFolder.config(run);
        Map<String, Object> config = Json.readObject(file);
        if (!(config.get("program") instanceof String name) || !(config.get("constants") instanceof Map<?, ?> bound)) {
            throw new UserException(file + ": must say the run's program and constants");
        }
        Map<String, String> constants = new LinkedHashMap<>();
        bound.forEach((constant, value) -> constants.put((String) constant, String.valueOf(value)));
        return reader.apply(RunFolder.program(run).resolve(name + ".weft").toString())
                .withStored(constants, file);
    }

    private static LoadedModel ofOthers(Path path, @Nullable Program program, Function<String, Program> reader) {
        HuggingFaceFolder folder = HuggingFaceFolder.open(path, program, reader);
        Arena arena = Arena.ofShared();
        try {
            return new LoadedModel(path, folder.program(), folder.parameters(arena), path, folder::close, arena);
        } catch (RuntimeException e) {
            arena.close();
            folder.close();
            throw e;
        }
    }

    /** What a trained model must bring: the tensors that are not written by its own functions. */
    public static SequencedMap<String, TensorType> wanted(Program program) {
        return program.weights();
    }

    /** Where it was read from. */
    public Path path() {
        return path;
    }

    /** The program with the constants of this model. */
    public Program program() {
        return program;
    }

    /** The run that it belongs to, or the folder of others. */
    public Path folder() {
        return folder;
    }

    /** By path, with the types that the program wants; valid until {@link #close}. */
    public synchronized SequencedMap<String, Tensor> parameters() {
        if (parameters == null) {
            parameters = Names.widened(stored, wanted(program), arena);
        }
        return parameters;
    }

    /** By path, as they lie on the disk: an imported run may hold f16 or bf16 where the program wants f32. */
    public SequencedMap<String, Tensor> stored() {
        return stored;
    }

    /** Takes another tokenizer than the model's own: {@code gpt2}, a file or a folder. */
    public void useTokenizer(String name) {
        tokenizerName = name;
    }

    /**
     * The tokenizer that the model was trained with, or the one that was named instead.
     *
     * @throws UserException if its folder has none, its program takes no text, or the tokenizer has more ids than the model
     */
    public Tokenizer tokenizer() {
        if (!program.has("logits") && !program.isLanguageModel()) {
            throw new UserException(
                    "%s: %s takes no text, it has no fn logits(tokens: i32[B, T], …); weft run computes its functions: weft info %s lists them"
                            .formatted(path, program.name(), path));
        }
        Tokenizer tokenizer = tokenizerName == null ? Tokenizers.load(folder) : Tokenizers.named(tokenizerName);
        requireFits(tokenizer);
        return tokenizer;
    }

    private void requireFits(Tokenizer tokenizer) {
        if (program.takes(VOCABULARY) && program.integer(VOCABULARY) < tokenizer.vocabularySize()) {
            throw new UserException(
                    "%s: the tokenizer %s does not match the model: it has %d ids, and the model's vocabulary (%s) is %d"
                            .formatted(
                                    path,
                                    tokenizer.name(),
                                    tokenizer.vocabularySize(),
                                    VOCABULARY,
                                    program.integer(VOCABULARY)));
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        files.run();
    }
}
