package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A run at a glance.
 *
 * @param path its folder
 * @param state what has become of it
 * @param program its name; empty where the run does not say it
 * @param steps optimizer steps done
 * @param planned optimizer steps that it was started for; 0 where it is not known
 * @param trainLoss nats of the last step's batch; NaN before the first
 * @param validationLoss nats of the validation part when it was last measured; NaN if there is none
 * @param bestLoss the lowest of these; NaN if there is none
 * @param bytes of all its files
 * @param started when
 * @param damage what is wrong with it, empty unless it is {@link State#DAMAGED}
 */
public record RunSummary(
        Path path,
        State state,
        String program,
        long steps,
        long planned,
        double trainLoss,
        double validationLoss,
        double bestLoss,
        long bytes,
        Instant started,
        String damage) {

    /** What has become of a run. */
    public enum State {
        /** A process is writing to it. */
        RUNNING,
        /** It did all its steps. */
        FINISHED,
        /** It was made of a model of others, and never trained here. */
        IMPORTED,
        /** It ended before its last step and can be resumed. */
        STOPPED,
        /** One of its files cannot be read. */
        DAMAGED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The run in {@code run}; reading needs no lock, and damage is told rather than thrown. */
    public static RunSummary of(Path run) {
        long bytes = bytes(run);
        Instant created = created(run);
        try {
            Map<String, Object> request = RunFolder.readRun(run);
            RunHistory history = RunHistory.read(run);
            long steps = Math.max(history.steps(), Checkpoints.of(run).last().orElse(0));
            long planned = request.get("steps") instanceof Number number
                    ? number.longValue()
                    : history.planned().orElse(0L);
            return new RunSummary(
                    run,
                    request.containsKey(RunFolder.IMPORTED) ? State.IMPORTED : state(run, steps, planned),
                    program(request, history),
                    steps,
                    planned,
                    history.training().isEmpty()
                            ? Double.NaN
                            : history.training().getLast().loss(),
                    history.validation().isEmpty()
                            ? Double.NaN
                            : history.validation().getLast().loss(),
                    history.best().map(RunHistory.Point::loss).orElse(Double.NaN),
                    bytes,
                    created,
                    "");
        } catch (UserException damage) {
            return new RunSummary(
                    run,
                    State.DAMAGED,
                    "",
                    0,
                    0,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    bytes,
                    created,
                    String.valueOf(damage.getMessage()));
        }
    }

    private static State state(Path run, long steps, long planned) {
        if (RunFolder.isWritten(run)) {
            return State.RUNNING;
        }
        return Files.exists(RunFolder.model(run)) && steps >= planned ? State.FINISHED : State.STOPPED;
    }

    private static String program(Map<String, Object> request, RunHistory history) {
        if (history.start().get("program") instanceof String name) {
            return name;
        }
        return request.get("program") instanceof String program
                ? Path.of(program).getFileName().toString().replaceFirst("\\.weft$", "")
                : "";
    }

    private static long bytes(Path run) {
        try (Stream<Path> files = Files.walk(run)) {
            return files.mapToLong(RunSummary::size).sum();
        } catch (IOException | UncheckedIOException e) {
            // A run that is being written to loses folders under our eyes.
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** {@code run.json} is written once, when a run starts. */
    private static Instant created(Path run) {
        try {
            return Files.getLastModifiedTime(run.resolve(RunFolder.RUN)).toInstant();
        } catch (NoSuchFileException none) {
            return Instant.EPOCH;
        } catch (IOException e) {
            throw IoErrors.of("look at", run, e);
        }
    }
}
