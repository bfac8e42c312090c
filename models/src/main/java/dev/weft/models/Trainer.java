package dev.weft.models;

import dev.weft.graph.RangeException;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Trains a model by the entries of its training program: {@code step}, or {@code accumulate} and {@code apply}, with the learning
 * rate that {@code rate} gives. A step is a function of the stored tensors, the options and its number, so a restored trainer goes on
 * to the same bits. One thread at a time.
 */
public final class Trainer {

    /**
     * How a model is trained.
     *
     * @param steps optimizer steps in all; the schedule ends there
     * @param accumulate micro-batches a step, at least 1
     * @param peak the highest learning rate
     * @param floor the learning rate at the end
     * @param warmup steps until the peak
     * @param clip the largest norm that a gradient keeps; infinity for no limit
     * @param seed decides about dropout and whatever else draws random numbers
     * @param extra further scalar inputs of the loss by name, such as {@code drop}
     */
    public record Options(
            long steps,
            int accumulate,
            double peak,
            double floor,
            double warmup,
            double clip,
            int seed,
            Map<String, Double> extra) {

        /** Warm-up over the first tenth of the steps (at most 100), a floor of a tenth of the peak, gradients clipped to 1. */
        public static Options of(long steps, double peak) {
            return new Options(steps, 1, peak, peak / 10, Math.min(100, steps / 10), 1, 1337, Map.of());
        }

        public Options {
            extra = Map.copyOf(extra);
            require(steps >= 1, "steps", "at least 1", steps);
            require(accumulate >= 1, "accumulate", "at least 1", accumulate);
            require(peak > 0 && Double.isFinite(peak), "lr", "positive and finite", peak);
            require(floor >= 0, "min-lr", "at least 0", floor);
            require(floor <= peak, "min-lr", "at most lr, which is " + peak, floor);
            require(warmup >= 0 && Double.isFinite(warmup), "warmup", "a number of steps, 0 or more", warmup);
            require(clip > 0, "clip", "positive", clip);
        }

        private static void require(boolean holds, String option, String wanted, Number got) {
            if (!holds) {
                throw new RangeException("%s: must be %s, got %s".formatted(option, wanted, got));
            }
        }
    }

    /**
     * What one step reports.
     *
     * @param number of the step, from 1
     * @param loss mean nats over the whole step's weight, before the update
     * @param norm of the gradient before clipping
     * @param rate the learning rate
     */
    public record Step(long number, double loss, double norm, double rate) {

        /** Whether both loss and gradient are numbers to go on with. */
        public boolean isFinite() {
            return Double.isFinite(loss) && Double.isFinite(norm);
        }
    }

    private final OneThread oneThread = new OneThread("trainer");
    private final Model model;
    private final Batches batches;
    private final Options options;
    private Rate known = new Rate(-1, 0);
    private long done;

    /**
     * A trainer that has done no step yet. The model must have been initialized or restored, and stays the caller's to close.
     *
     * @param model compiled with the entries {@code step} (or {@code accumulate} and {@code apply}) and {@code rate}, and with {@code evaluate}
     *     for {@link #evaluate}
     * @throws UserException if it has not
     */
    public Trainer(Model model, Batches batches, Options options) {
        this.model = model;
        this.batches = batches;
        this.options = options;
        for (String entry :
                options.accumulate() == 1 ? List.of("step", "rate") : List.of("accumulate", "apply", "rate")) {
            if (!model.has(entry)) {
                throw new UserException("training program: must have an entry " + entry);
            }
        }
    }

    /** Optimizer steps done. */
    public long done() {
        return done;
    }

    /** Whether all steps of the options are done; {@link #step} would go on at the rate of the end. */
    public boolean isFinished() {
        return done >= options.steps();
    }

    /**
     * The next step.
     *
     * @return its loss in nats and the norm of its gradient
     * @throws UserException if the batches have not what the program's loss takes
     * @throws IllegalStateException if the model is closed, or another thread is in this trainer
     */
    public Step step() {
        return oneThread.in(this::next);
    }

    private Step next() {
        double rate = rate(done);
        Step step = options.accumulate() == 1 ? whole(rate) : accumulated(rate);
        done++;
        return step;
    }

    /** The learning rate of a step, counted from 0. */
    private record Rate(long step, double rate) {}

    private double rate(long step) {
        if (known.step() == step) {
            return known.rate();
        }
        Map<String, Double> inputs = Map.of(
                "step", (double) step,
                "steps", (double) options.steps(),
                "warmup", options.warmup(),
                "peak", options.peak(),
                "floor", options.floor());
        known = new Rate(
                step, number(outputs(model.run("rate", scalars("rate", inputs))).getFirst()));
        return known.rate();
    }

    private Step whole(double rate) {
        // Asked for now: while the step runs, the model cannot.
        long next = done + 1;
        double nextRate = rate(next);
        List<Tensor> outputs =
                outputs(model.run("step", inputs("step", done, 0, rate), () -> inputs("step", next, 0, nextRate)));
        return new Step(done + 1, number(outputs.get(0)), number(outputs.get(1)), rate);
    }

    private Step accumulated(double rate) {
        double nats = 0;
        double weight = 0;
        for (int micro = 0; micro < options.accumulate(); micro++) {
            Map<String, Tensor> inputs = inputs("accumulate", done, micro, rate);
            int next = micro + 1;
            List<Tensor> outputs = outputs(
                    next == options.accumulate()
                            ? model.run("accumulate", inputs)
                            : model.run("accumulate", inputs, () -> inputs("accumulate", done, next, rate)));
            nats += number(outputs.get(0));
            weight += number(outputs.get(1));
        }
        Map<String, Tensor> inputs = scalars("apply", Map.of("lr", rate, "clip", options.clip()));
        double norm = number(outputs(model.run("apply", inputs)).getFirst());
        return new Step(done + 1, nats / weight, norm, rate);
    }

    /** All that an entry takes for a micro-batch of a step, counted from 0. */
    private Map<String, Tensor> inputs(String entry, long step, int micro, double rate) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(batches.training(step, micro));
        inputs.putAll(ambient(entry, step, micro));
        inputs.putAll(scalars(entry, Map.of("lr", rate, "clip", options.clip())));
        return inputs;
    }

    /**
     * Looks for what made the last step not finite, by running it again on the parameters, which such a step leaves as they are.
     *
     * @return the first value of the step that is no finite number, where it is found
     */
    public Optional<NonFinite> whyNotFinite(Weft weft) {
        return oneThread.in(() -> find(weft));
    }

    private Optional<NonFinite> find(Weft weft) {
        done--;
        try {
            String entry = options.accumulate() == 1 ? "step" : "accumulate";
            try (NonFiniteProbe probe = NonFiniteProbe.of(weft, model, entry)) {
                double rate = rate(done);
                for (int micro = 0; micro < options.accumulate(); micro++) {
                    Optional<NonFinite> found = probe.run(inputs(entry, done, micro, rate));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        } finally {
            done++;
        }
    }

    /** Whether every number of every parameter is one to go on with; reads them all. */
    public boolean hasFiniteParameters() {
        return oneThread.in(() -> model.stored().stream()
                .filter(stored -> stored.role() == Stored.Role.PARAM)
                .allMatch(stored -> allFinite(model.read(stored.name()).toFloats())));
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** A probe of the entry that computes gradients: {@code step}, or {@code accumulate}. */
    public Probe probe(Weft weft, List<String> patterns) {
        return Probe.of(weft, model, options.accumulate() == 1 ? "step" : "accumulate", patterns);
    }

    /** What the next step's first micro-batch makes of the parameters as they are; changes nothing. */
    public List<Measurement> measure(Probe probe) {
        return probe.run(inputs(probe.entry(), done, 0, rate(done)));
    }

    /** What an entry takes besides its batch: seed, step and the loss's further scalars, where it has such inputs. */
    private Map<String, Tensor> ambient(String entry, long step, int micro) {
        List<String> wanted = model.inputs(entry);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        options.extra().forEach((name, value) -> {
            if (wanted.contains(name)) {
                inputs.put(name, scalar(value));
            }
        });
        if (wanted.contains("seed")) {
            inputs.put("seed", Tensor.of(new int[] {options.seed()}));
        }
        if (wanted.contains("step")) {
            inputs.put("step", Tensor.of(new int[] {Math.toIntExact(step * options.accumulate() + micro)}));
        }
        return inputs;
    }

    private Map<String, Tensor> scalars(String entry, Map<String, Double> values) {
        List<String> wanted = model.inputs(entry);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (wanted.contains(name)) {
                inputs.put(name, scalar(value));
            }
        });
        return inputs;
    }

    private static Tensor scalar(double value) {
        return Tensor.of(new float[] {(float) value});
    }

    private static List<Tensor> outputs(SequencedMap<String, Tensor> outputs) {
        return new ArrayList<>(outputs.values());
    }

    private static double number(Tensor scalar) {
        return Model.scalar(scalar);
    }

    /**
     * Mean nats over the whole validation part, summed in f64 over the batches; NaN if there is none.
     *
     * @throws UserException if the model was compiled without the entry {@code evaluate}
     */
    public double evaluate() {
        return oneThread.in(this::validationLoss);
    }

    private double validationLoss() {
        double nats = 0;
        double weight = 0;
        for (int index = 0; index < batches.validationBatches(); index++) {
            Map<String, Tensor> inputs = new LinkedHashMap<>(batches.validation(index));
            inputs.putAll(ambient("evaluate", done, 0));
            List<Tensor> outputs = outputs(model.run("evaluate", inputs));
            nats += number(outputs.get(0));
            weight += number(outputs.get(1));
        }
        return nats / weight;
    }

    /** Names and types of what a checkpoint holds: parameters, buffers and state, no caches and no shadows. */
    public static SequencedMap<String, TensorType> saved(Model model) {
        SequencedMap<String, TensorType> saved = new LinkedHashMap<>();
        for (Stored stored : model.stored()) {
            if (stored.role() != Stored.Role.CACHE && stored.role() != Stored.Role.SHADOW) {
                saved.put(stored.name(), stored.type());
            }
        }
        return saved;
    }

    /** A copy of everything that the next step depends on, by name: parameters, buffers and the optimizer's state. */
    public SequencedMap<String, Tensor> snapshot() {
        return oneThread.in(this::copies);
    }

    private SequencedMap<String, Tensor> copies() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        saved(model).keySet().forEach(name -> tensors.put(name, model.read(name)));
        return tensors;
    }

    /**
     * Goes on from a snapshot, to the same bits.
     *
     * @param steps optimizer steps done when it was taken
     */
    public void restore(SequencedMap<String, Tensor> snapshot, long steps) {
        oneThread.in(() -> {
            snapshot.forEach(model::write);
            done = steps;
        });
    }
}
