package dev.weft.models.training;

import dev.weft.backend.spi.Statistics;
import dev.weft.graph.UserException;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.json.Json;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.run.Identity;
import dev.weft.models.run.RunEvent;
import dev.weft.models.run.RunFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run: compiled, its folder locked, ready to train. One thread trains; any other may ask it to stop. Closing gives memory and
 * folder back and may be done again.
 */
public final class TrainingRun implements AutoCloseable {

    private final Weft weft;
    private final Prepared prepared;
    private final RunFolder folder;
    private final TrainingLoop loop;

    private TrainingRun(Weft weft, Prepared prepared, RunFolder folder) {
        this.weft = weft;
        this.prepared = prepared;
        this.folder = folder;
        this.loop = new TrainingLoop(weft, prepared, folder);
    }

    /**
     * A new run. Everything is read, checked and compiled before the folder is made.
     *
     * @param out the run's folder, absent or empty; null for {@code PROGRAM-N} in {@code runs}
     * @param runs the folder of runs, made where it is not there
     * @throws UserException if the request cannot be met: the sentence says why
     * @throws dev.weft.graph.MachineException if memory does not suffice, before it is allocated
     */
    public static TrainingRun start(Weft weft, TrainingRequest request, @Nullable Path out, Path runs) {
        return start(weft, request, out, runs, null);
    }

    private static TrainingRun start(
            Weft weft, TrainingRequest request, @Nullable Path out, Path runs, @Nullable Repetition repetition) {
        if (out != null) {
            RunFolder.requireFree(out);
        }
        try (Initial initial = initial(request)) {
            Prepared prepared = Prepared.fresh(weft, request, initial, repetition);
            try {
                if (repetition != null) {
                    repetition.requireSame(prepared);
                }
                RunFolder folder =
                        out == null ? RunFolder.create(runs, prepared.program().name()) : RunFolder.createAt(out);
                TrainingRun run = new TrainingRun(weft, prepared, folder);
                run.begin();
                return run;
            } catch (RuntimeException e) {
                prepared.close();
                throw e;
            }
        }
    }

    /**
     * A new run that does what another one did, but for what {@code change} makes different. What stays must be what it was, so that
     * a run that changes nothing comes to the same bytes.
     *
     * @param config the {@code run.json} of the other run
     * @param change gives the request of the new run from that of the other
     * @param out as in {@link #start}
     * @throws UserException also if a program, data or a tokenizer that stay have changed since
     */
    public static TrainingRun repeat(
            Weft weft, Path config, UnaryOperator<TrainingRequest> change, @Nullable Path out, Path runs) {
        Repetition repetition = Repetition.of(config, Json.readObject(config), change);
        return start(weft, repetition.asked(), out, runs, repetition);
    }

    /** What a {@code run.json} asked for. */
    public static TrainingRequest request(Path config) {
        return RequestJson.read(Json.readObject(config), config.toString());
    }

    private static @Nullable Initial initial(TrainingRequest request) {
        InitFrom from = request.initFrom();
        return from == null ? null : Initial.open(from, request.program());
    }

    /**
     * A run that goes on from its last checkpoint, to the same bits as if it had never been interrupted.
     *
     * @throws UserException if it is no run, is written to by another process, or its program, data or tokenizer have changed
     */
    public static TrainingRun resume(Weft weft, Path path) {
        RunFolder folder = RunFolder.resume(path);
        try {
            return again(weft, path, folder);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static TrainingRun again(Weft weft, Path path, RunFolder folder) {
        Map<String, Object> json = RunFolder.readRun(path);
        String subject = path.resolve("run.json").toString();
        requireSamePrecision(RunFolder.products(json), weft.products(), path);
        weft.backend().keepTo(RunFolder.choices(json));
        TrainingRequest request = RequestJson.read(json, subject);
        Identity then = Identity.fromJson(json.get("identity"), subject);
        try (Initial initial = folder.checkpoints().last().isEmpty() ? initial(request) : null) {
            Prepared prepared = Prepared.again(weft, request, then, path, initial);
            try {
                requireSameInitial(prepared, json.get(Prepared.INITIAL), path);
                TrainingRun run = new TrainingRun(weft, prepared, folder);
                run.goOn();
                return run;
            } catch (RuntimeException e) {
                prepared.close();
                throw e;
            }
        }
    }

    private static void requireSamePrecision(String then, String now, Path run) {
        if (!then.equals(now)) {
            throw new UserException(
                    "%s: computes in %s and would not go on to the same bits in %s; resume it with --precision %s, or start a new run from it with --init-from %s"
                            .formatted(run, then, now, then, run));
        }
    }

    private static void requireSameInitial(Prepared prepared, @Nullable Object then, Path run) {
        if (prepared.initial() != null && !prepared.initial().fingerprint().equals(then)) {
            throw new UserException(
                    run + ": has no checkpoint yet, and what it starts from has changed; start it again");
        }
    }

    /** Names of the scalars that the loss of a program takes: those that {@link Trainer.Options#extra} may give. */
    public static List<String> scalars(Program program) {
        return LossArguments.of(program).options();
    }

    private void begin() {
        Map<String, Object> settings = new LinkedHashMap<>(environment());
        Map<String, String> choices = weft.backend().choices();
        if (!choices.isEmpty()) {
            settings.put(RunFolder.CHOICES, new TreeMap<>(choices));
        }
        prepared.writeTo(folder, settings);
        initialize();
        Map<String, Object> fields = new LinkedHashMap<>(environment());
        fields.put("program", prepared.program().name());
        fields.put("parameters", prepared.parameters());
        fields.put("steps", prepared.request().options().steps());
        fields.put(
                prepared.data().tokenizer().isPresent() ? "tokens_per_step" : "rows_per_step",
                prepared.data().perBatch() * prepared.request().options().accumulate());
        fields.putAll(prepared.data().describe());
        if (prepared.initial() != null) {
            InitReport report = prepared.initial().report();
            fields.put("init_from", report.from());
            fields.put("init_matched", report.matched().size());
            fields.put("init_missing", report.missing().size());
            fields.put("init_unexpected", report.unexpected().size());
            fields.put("init_mismatched", report.mismatched().size());
        }
        folder.log().write(RunEvent.START, fields);
        logCompiled();
    }

    private Map<String, Object> environment() {
        Map<String, Object> environment = new LinkedHashMap<>();
        environment.put("backend", weft.backendName());
        environment.put(RunFolder.PRECISION, weft.products());
        return environment;
    }

    private void goOn() {
        long step = folder.checkpoints().last().orElse(0);
        if (folder.checkpoints().last().isEmpty()) {
            // It ended before its first checkpoint, and begins as it began.
            initialize();
        } else {
            loop.restore(step);
        }
        Map<String, Object> fields = new LinkedHashMap<>(environment());
        fields.put("step", step);
        folder.log().write(RunEvent.RESUME, fields);
        logCompiled();
    }

    private void initialize() {
        prepared.model().initialize(prepared.request().options().seed());
        if (prepared.initial() != null) {
            prepared.initial().tensors().forEach(prepared.model()::write);
        }
    }

    private void logCompiled() {
        Statistics statistics = prepared.model().statistics();
        folder.log()
                .write(
                        RunEvent.COMPILED,
                        Map.of(
                                "milliseconds", statistics.compileMillis(),
                                "kernels", statistics.kernels(),
                                "peak_bytes", statistics.peakBytes()));
    }

    private Trainer trainer() {
        return prepared.trainer();
    }

    /** The run's folder. */
    public Path folder() {
        return folder.path();
    }

    /** What it was started with, all constants decided. */
    public TrainingRequest request() {
        return prepared.request();
    }

    /** What it started from, if that was a model and the run is new. */
    public Optional<InitReport> initial() {
        return Optional.ofNullable(prepared.initial()).map(InitReport.Matching::report);
    }

    /** What it trains on: where that is from and how much it is, by the names that the log's {@code start} line uses. */
    public Map<String, Object> data() {
        return prepared.data().describe();
    }

    /** Optimizer steps done. */
    public long done() {
        return trainer().done();
    }

    /** A probe of the training step; the caller closes it. */
    public Probe probe(List<String> patterns) {
        return trainer().probe(weft, patterns);
    }

    /** What the next step would compute; changes nothing. For a listener's methods, and before and after training. */
    public List<Measurement> measure(Probe probe) {
        return trainer().measure(probe);
    }

    /** Asks the thread that trains to keep a checkpoint after the step it is at, and to return. For any thread. */
    public void requestStop() {
        loop.requestStop();
    }

    /**
     * Trains to the last step, or until it is asked to stop.
     *
     * @throws UserException if a step is not finite: which step, which line of the source, which checkpoint is good
     */
    public TrainingResult train(TrainingListener listener) {
        return loop.train(listener);
    }

    @Override
    public void close() {
        prepared.close();
        folder.close();
    }
}
