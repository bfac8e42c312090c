package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import dev.weft.models.io.WriteErrors;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A run's folder, open for writing by this process alone until {@link #close}. */
public final class RunFolder implements AutoCloseable {

    static final String RUN = "run.json";
    static final String LOG = "log.jsonl";
    /** The field of {@code run.json} that says what products read. */
    public static final String PRECISION = "precision";
    /** What products in f32 read that round their terms to TF32, as {@code --precision} says it. */
    public static final String TF32 = "tf32";

    /** What products of weights in int8 are called that round the other operand to 8 bits too; no run is trained so. */
    public static final String INT8 = "int8";
    /** The field of {@code run.json} that says what a backend chose by measuring. */
    public static final String CHOICES = "choices";

    /** The field of {@code run.json} that says what a run was imported from. */
    public static final String IMPORTED = "imported";

    private static final String MODEL = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String SAMPLES = "samples.txt";
    private static final String PROGRAM = "program";

    /** What may be there before {@code run.json} is. */
    private static final Set<String> BEFORE_RUN = Set.of(
            RunLock.NAME,
            LOG,
            PROGRAM,
            CONFIG,
            "." + CONFIG + ".tmp",
            "." + RUN + ".tmp",
            "weft-tokenizer.json",
            ".weft-tokenizer.json.tmp",
            "tokenizer.json",
            ".tokenizer.json.tmp");

    private final Path path;
    private final RunLock lock;
    private final RunLog log;

    private RunFolder(Path path, RunLock lock) {
        this.path = path;
        this.lock = lock;
        this.log = RunLog.append(path.resolve(LOG));
    }

    /** A new folder {@code parent/PROGRAM-N}, with the first N from 1 that is free. */
    public static RunFolder create(Path parent, String program) {
        try {
            Files.createDirectories(parent);
            for (int n = 1; ; n++) {
                Path path = parent.resolve(program + "-" + n);
                try {
                    return locked(Files.createDirectory(path));
                } catch (FileAlreadyExistsException taken) {
                    continue;
                }
            }
        } catch (IOException e) {
            throw WriteErrors.folder("a new run in " + parent + " (--out chooses another folder)", parent, e);
        }
    }

    /**
     * A new run in {@code path}, which must be absent or an empty folder.
     *
     * @throws UserException if there is something in it already
     */
    public static RunFolder createAt(Path path) {
        requireFree(path);
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw WriteErrors.folder(path.toString(), path, e);
        }
        RunFolder folder = locked(path);
        if (isRun(path)) { // another process was faster, and is gone again
            folder.close();
            requireFree(path);
        }
        return folder;
    }

    /**
     * Checks that {@link #createAt} would find the place free: absent, empty, or left by a start that ended before there was a
     * run, so that nothing in it is anybody's.
     *
     * @throws UserException if there is something in it already
     */
    public static void requireFree(Path path) {
        if (Files.exists(path.resolve(RUN))) {
            throw new UserException(
                    path + ": holds another run; name another folder with --out, or continue it with --resume");
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UserException(path + ": is a file; a new run needs a folder of its own");
        }
        if (Files.isDirectory(path)) {
            try (Stream<Path> entries = Files.list(path)) {
                Set<String> names =
                        entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
                boolean begun = names.contains(RunLock.NAME) && BEFORE_RUN.containsAll(names);
                if (!names.isEmpty() && !begun) {
                    throw new UserException(path + ": is not empty; a new run needs a folder of its own");
                }
            } catch (IOException e) {
                throw IoErrors.of("look at", path, e);
            }
        }
    }

    /**
     * An existing run, to be continued.
     *
     * @throws UserException if it is no run, or another process is writing to it
     */
    public static RunFolder resume(Path path) {
        requireRun(path);
        return locked(path);
    }

    private static RunFolder locked(Path path) {
        RunLock lock = RunLock.take(path);
        try {
            return new RunFolder(path, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Whether a process is writing to the run in {@code path} at this moment. */
    public static boolean isWritten(Path path) {
        return RunLock.isHeld(path);
    }

    /** The runs in {@code parent}, by name; none if it is not there. */
    public static List<Path> runs(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(RunFolder::isRun).sorted().toList();
        } catch (IOException e) {
            throw IoErrors.of("list", parent, e);
        }
    }

    /** Whether {@code path} is the folder of a run. */
    public static boolean isRun(Path path) {
        return Files.isRegularFile(path.resolve(RUN));
    }

    /** What was asked for when the run in {@code path} was started; reading needs no lock. */
    public static Map<String, Object> readRun(Path path) {
        requireRun(path);
        return Json.readObject(path.resolve(RUN));
    }

    /** The backend that computed a run, from its {@code run.json}, where that says it. */
    public static Optional<String> backend(Path config) {
        return Json.readObject(config).get("backend") instanceof String name ? Optional.of(name) : Optional.empty();
    }

    /** What a {@code run.json} holds. */
    public static Map<String, Object> read(Path config) {
        return Json.readObject(config);
    }

    /** What the products of a run read; f32 where they round their terms to TF32, and where {@code run.json} does not say. */
    public static ElementType precision(Map<String, Object> run) {
        String products = products(run);
        return products.equals(TF32) ? ElementType.F32 : ElementType.parse(products);
    }

    /** What products read, as {@code --precision} says it; f32 where {@code run.json} does not say. */
    public static String products(Map<String, Object> run) {
        return run.get(PRECISION) instanceof String name ? name : ElementType.F32.toString();
    }

    /** What the run's backend chose by measuring; empty where {@code run.json} does not say. */
    public static Map<String, String> choices(Map<String, Object> run) {
        Map<String, String> choices = new TreeMap<>();
        if (run.get(CHOICES) instanceof Map<?, ?> kept) {
            kept.forEach((key, value) -> {
                if (key instanceof String name && value instanceof String choice) {
                    choices.put(name, choice);
                }
            });
        }
        return choices;
    }

    private static void requireRun(Path path) {
        if (!Files.isDirectory(path)) {
            throw new UserException(
                    path + ": there is no such folder; a run is named by its folder, such as runs/gpt-1");
        }
        if (!isRun(path)) {
            throw new UserException(path + ": is not a run; it has no " + RUN);
        }
    }

    /** The run in {@code parent} that was last written to. */
    public static Optional<Path> latest(Path parent) {
        return latest(parent, run -> true);
    }

    /** As above, among the runs of a program, {@code PROGRAM-N}. */
    public static Optional<Path> latest(Path parent, String program) {
        Pattern name = Pattern.compile(Pattern.quote(program) + "-[0-9]+");
        return latest(parent, run -> name.matcher(run.getFileName().toString()).matches());
    }

    private static Optional<Path> latest(Path parent, Predicate<Path> wanted) {
        return runs(parent).stream()
                .filter(wanted)
                .max(Comparator.comparing(RunFolder::lastWritten).thenComparing(Path::toString));
    }

    private static long lastWritten(Path run) {
        Path log = run.resolve(LOG);
        try {
            return Files.getLastModifiedTime(Files.exists(log) ? log : run.resolve(RUN))
                    .toMillis();
        } catch (IOException e) {
            throw IoErrors.of("look at", run, e);
        }
    }

    public Path path() {
        return path;
    }

    public RunLog log() {
        return log;
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(path.resolve("checkpoints"));
    }

    /** Writes {@code run.json}, which makes the folder a run. */
    public void writeRun(Map<String, ?> request) {
        Json.write(path.resolve(RUN), request);
    }

    /** Copies the sources that were compiled: file name to text. */
    public void writeProgram(Map<String, String> sources) {
        sources.forEach(
                (name, text) -> AtomicFiles.writeString(path.resolve(PROGRAM).resolve(plain(name)), text));
    }

    private static String plain(String name) {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..")) {
            throw new IllegalArgumentException("source: must be a plain file name, got " + name);
        }
        return name;
    }

    /** The copy of a run's sources. */
    public static Path program(Path run) {
        return run.resolve(PROGRAM);
    }

    /** The model's constants and what else describes it. */
    public void writeConfig(Map<String, ?> config) {
        Json.write(path.resolve(CONFIG), config);
    }

    /** The file of a model's constants, in a run or in a Hugging Face folder. */
    public static Path config(Path folder) {
        return folder.resolve(CONFIG);
    }

    /** The trained parameters, under their paths. */
    public void writeModel(SequencedMap<String, Tensor> parameters, Map<String, String> metadata) {
        SafeTensors.write(path.resolve(MODEL), parameters, metadata);
    }

    /** The file of a model's parameters, in a run or in a Hugging Face folder. */
    public static Path model(Path folder) {
        return folder.resolve(MODEL);
    }

    public void writeSamples(String text) {
        AtomicFiles.writeString(path.resolve(SAMPLES), text);
    }

    @Override
    public void close() {
        log.close();
        lock.close();
    }
}
