package dev.weft.models.run;

import dev.weft.graph.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run's log tells once steps that were done twice, because the run was resumed from an earlier checkpoint, count once.
 *
 * @param start what the {@code start} line says; empty if there is none
 * @param training the loss of each step's batch, in the order of steps
 * @param validation the loss of the validation part, in the order of steps
 * @param resumed how often it was resumed
 */
public record RunHistory(Map<String, Object> start, List<Point> training, List<Point> validation, int resumed) {

    /**
     * A measurement.
     *
     * @param step optimizer steps done
     * @param seconds that these steps took, without evaluations and checkpoints
     * @param loss nats, not finite where the run diverged
     */
    public record Point(long step, double seconds, double loss) {}

    public RunHistory {
        start = Map.copyOf(start);
        training = List.copyOf(training);
        validation = List.copyOf(validation);
    }

    /**
     * Reads the log of the run in {@code run}.
     *
     * @throws UserException if there is none, or a line of it is no event
     */
    public static RunHistory read(Path run) {
        Reading reading = new Reading(run.resolve(RunFolder.LOG).toString());
        for (Map<String, Object> event : RunLog.read(run)) {
            reading.line++;
            reading.accept(event);
        }
        return new RunHistory(reading.start, reading.training, reading.validation, reading.resumed);
    }

    /** The last step that is in the log; 0 before the first. */
    public long steps() {
        return training.isEmpty() ? 0 : training.getLast().step();
    }

    /** Optimizer steps that the run was started for, where the log says so. */
    public Optional<Long> planned() {
        return start.get("steps") instanceof Number steps ? Optional.of(steps.longValue()) : Optional.empty();
    }

    /** Tokens that a step trains on, where the run is one of text and the log says so. */
    public Optional<Long> tokensPerStep() {
        return start.get("tokens_per_step") instanceof Number tokens
                ? Optional.of(tokens.longValue())
                : Optional.empty();
    }

    /** The lowest validation loss. */
    public Optional<Point> best() {
        Point best = null;
        for (Point point : validation) {
            if (best == null || point.loss() < best.loss()) {
                best = point;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The log's lines, taken in one after the other. */
    private static final class Reading {

        private final String path;
        private final Map<String, Object> start = new LinkedHashMap<>();
        private final List<Point> training = new ArrayList<>();
        private final List<Point> validation = new ArrayList<>();
        private int resumed;
        private int line;

        Reading(String path) {
            this.path = path;
        }

        void accept(Map<String, Object> event) {
            String name = String.valueOf(event.get("event"));
            switch (name) {
                case "start" ->
                    event.forEach((key, value) -> {
                        if (value != null) {
                            start.put(key, value);
                        }
                    });
                case "step" -> {
                    double before = training.isEmpty() ? 0 : training.getLast().seconds();
                    double seconds = before + number(event, "milliseconds") / 1e3;
                    training.add(new Point(step(event), seconds, number(event, "loss")));
                }
                case "eval" -> {
                    // A run that begins again at a checkpoint may measure there again.
                    long step = step(event);
                    validation.removeIf(point -> point.step() == step);
                    double seconds = training.isEmpty() ? 0 : training.getLast().seconds();
                    validation.add(new Point(step, seconds, number(event, "loss")));
                }
                case "resume" -> {
                    resumed++;
                    long from = step(event);
                    training.removeIf(point -> point.step() > from);
                    validation.removeIf(point -> point.step() > from);
                }
                case "compiled", "checkpoint" -> {}
                default -> throw wrong("event", "start, compiled, step, eval, checkpoint or resume", name);
            }
        }

        private long step(Map<String, Object> event) {
            return event.get("step") instanceof Number number && number.longValue() >= 0
                    ? number.longValue()
                    : fail("step", "a number from 0", event.get("step"));
        }

        /** JSON has no NaN: what is no number is written as a string. */
        private double number(Map<String, Object> event, String field) {
            Object value = event.get(field);
            return switch (value) {
                case Number number -> number.doubleValue();
                case String text when text.equals("NaN") -> Double.NaN;
                case String text when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
                case String text when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
                case null, default -> throw wrong(field, "a number", value);
            };
        }

        private long fail(String field, String wanted, @Nullable Object got) {
            throw wrong(field, wanted, got);
        }

        private UserException wrong(String field, String wanted, @Nullable Object got) {
            return new UserException("%s, line %d: %s must be %s, got %s".formatted(path, line, field, wanted, got));
        }
    }
}
