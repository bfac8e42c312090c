package dev.weft.bench;

import dev.weft.bench.torch.PeerProcess;
import dev.weft.bench.torch.TorchPeer;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.models.Batches;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.data.Batch;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One recipe in Weft and in libtorch, some steps of each in turns, from the same initial weights and on the same batches. */
final class SideBySide implements AutoCloseable {

    private static final double EPS = 1e-8;
    private static final double NANOS_PER_MILLI = 1e6;

    /** What one step took and gave on both sides. */
    record Step(double weftMillis, double torchMillis, double weftLoss, double torchLoss) {

        double difference() {
            return Math.abs(weftLoss - torchLoss);
        }
    }

    private final Recipe recipe;
    private final TrainingWindows windows;
    private final Model model;
    private final Trainer trainer;
    private final PeerProcess peer;

    /**
     * @param threads of libtorch
     * @param tokens of the training part, below {@code vocabulary}
     */
    SideBySide(Weft weft, int threads, Recipe recipe, int[] tokens, int vocabulary, int seed) {
        this.recipe = recipe;
        this.windows = new TrainingWindows(tokens, recipe.context(), recipe.batch(), seed);
        this.model = weft.compile(Program.load("gpt")
                .with(recipe.model(vocabulary))
                .optimizer("adamw", recipe.optimizer())
                .lower(List.of(
                        EntryRequest.of("rate", Map.of()),
                        EntryRequest.of("step", Map.of("B", (long) recipe.batch(), "T", (long) recipe.context())))));
        model.initialize(seed);
        this.trainer = new Trainer(model, batches(), options(seed));
        this.peer = new PeerProcess(
                threads,
                recipe.layers(),
                recipe.heads(),
                weights(),
                new TorchPeer.Options(recipe.beta1(), recipe.beta2(), EPS, recipe.decay(), recipe.clip()));
    }

    private Batches batches() {
        return Batches.of(windows, new ValidationWindows(new int[] {0, 0}, recipe.context(), recipe.batch()));
    }

    private Trainer.Options options(int seed) {
        return new Trainer.Options(
                recipe.steps(), 1, recipe.peak(), recipe.floor(), recipe.warmup(), recipe.clip(), seed, Map.of());
    }

    private Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (Stored stored : model.stored()) {
            if (stored.role() == Stored.Role.PARAM) {
                var tensor = model.read(stored.name());
                weights.put(stored.name(), TensorBytes.read(tensor.type(), tensor.data()));
            }
        }
        return weights;
    }

    /**
     * The next steps of both: all of ours, then all of theirs, so that neither finds the caches as the other left them at every step. Ours
     * include making the batch, libtorch's are timed in its own process: no transfer counts.
     */
    List<Step> round(int count) {
        List<Trainer.Step> ours = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        long first = trainer.done();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            ours.add(trainer.step());
            millis.add((System.nanoTime() - start) / NANOS_PER_MILLI);
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Batch batch = windows.batch(first + i, 0);
            PeerProcess.Step theirs = peer.step(
                    batch.tokens(), batch.targets(), recipe.batch(), ours.get(i).rate());
            steps.add(new Step(millis.get(i), theirs.millis(), ours.get(i).loss(), theirs.loss()));
        }
        return steps;
    }

    /** GFLOP/s of libtorch's f32 product of two square matrices: the best of some. */
    double productRate(int size, int repetitions) {
        return peer.productRate(size, repetitions);
    }

    @Override
    public void close() {
        peer.close();
        model.close();
    }
}
