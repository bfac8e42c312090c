package dev.weft.bench.torch;

import dev.weft.backend.testkit.Agreement;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** One binding of a shipped program, compiled for training, beside libtorch. */
final class ProgramComparison implements AutoCloseable {

    /** A result or a gradient, by name. */
    record Finding(String what, Agreement agreement) {}

    /**
     * How a program is trained.
     *
     * @param file of the shipped optimizer
     * @param constants of it, as text
     * @param update the same in libtorch
     */
    record Optimizer(String file, Map<String, String> constants, double lr, TorchTraining.Update update) {}

    /** The entry that adds up gradients. */
    static final String ACCUMULATE = "accumulate";

    /** The entry that moves parameters. */
    static final String STEP = "step";

    /** Where the training program keeps what {@link #ACCUMULATE} adds up. */
    private static final String GRADIENTS = "program.gradients.";

    private final Binding binding;
    private final Random random;
    private final Optimizer optimizer;
    private final Model model;
    private final TorchTraining torch;

    /** @param entry {@link #ACCUMULATE} for gradients, {@link #STEP} for steps */
    ProgramComparison(Weft weft, Binding binding, Optimizer optimizer, String entry, Random random) {
        this.binding = binding;
        this.random = random;
        this.optimizer = optimizer;
        var lowered = Program.load(binding.program())
                .with(binding.constants())
                .optimizer(optimizer.file(), optimizer.constants())
                .lower(List.of(EntryRequest.of(entry, binding.sizes())));
        this.model = weft.compile(lowered);
        this.torch = new TorchTraining(binding.torch(), randomWeights());
    }

    /** Starts from the program's own initial values, moved a little: biases that are 0 would hide mistakes. */
    private SequencedMap<String, Tensor> randomWeights() {
        model.initialize(random.nextInt());
        SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
        for (Stored stored : model.stored()) {
            if (stored.role() == Stored.Role.PARAM) {
                Tensor weight = read(stored.name());
                for (int i = 0; i < weight.size(); i++) {
                    weight.set(i, (float) (weight.get(i) + 0.2 * random.nextGaussian()));
                }
                model.write(stored.name(), weftTensor(weight));
                weights.put(stored.name(), weight);
            }
        }
        return weights;
    }

    private Tensor read(String stored) {
        var tensor = model.read(stored);
        return TensorBytes.read(tensor.type(), tensor.data());
    }

    private static dev.weft.models.tensorfile.Tensor weftTensor(Tensor tensor) {
        return new dev.weft.models.tensorfile.Tensor(tensor.type(), TensorBytes.of(tensor));
    }

    private static Map<String, dev.weft.models.tensorfile.Tensor> weftTensors(Map<String, Tensor> tensors) {
        Map<String, dev.weft.models.tensorfile.Tensor> inputs = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> inputs.put(name, weftTensor(tensor)));
        return inputs;
    }

    private double first(SequencedMap<String, dev.weft.models.tensorfile.Tensor> outputs) {
        return Model.scalar(outputs.firstEntry().getValue());
    }

    /** The loss of one batch, and its gradient by every parameter. */
    List<Finding> gradients() {
        Map<String, Tensor> batch = binding.batch(random);
        double ours = first(model.run(ACCUMULATE, weftTensors(batch)));
        TorchTraining.Gradients theirs = torch.gradients(batch);
        List<Finding> findings = new ArrayList<>();
        findings.add(scalar("loss", ours, theirs.nats()));
        theirs.gradients().forEach((path, gradient) -> findings.add(tensor(GRADIENTS + path, gradient)));
        return List.copyOf(findings);
    }

    /** Losses and norms of some training steps, and every parameter after them. */
    List<Finding> steps(int count) {
        List<Finding> findings = new ArrayList<>();
        double clip = random.nextDouble(0.1, 3);
        for (int step = 1; step <= count; step++) {
            Map<String, Tensor> batch = binding.batch(random);
            Map<String, dev.weft.models.tensorfile.Tensor> inputs = weftTensors(batch);
            inputs.put("lr", dev.weft.models.tensorfile.Tensor.of(new float[] {(float) optimizer.lr()}));
            inputs.put("clip", dev.weft.models.tensorfile.Tensor.of(new float[] {(float) clip}));
            var outputs = model.run(STEP, inputs);
            double weight = Binding.weight(batch);
            TorchTraining.Gradients theirs = torch.gradients(batch);
            findings.add(scalar("loss of step " + step, first(outputs), theirs.nats() / weight));
            double norm = torch.step(theirs, weight, (float) clip, optimizer.update());
            findings.add(scalar(
                    "norm of step " + step, Model.scalar(outputs.lastEntry().getValue()), norm));
        }
        torch.weights().forEach((path, weight) -> findings.add(tensor(path, weight)));
        return List.copyOf(findings);
    }

    private Finding tensor(String stored, org.bytedeco.pytorch.Tensor theirs) {
        return new Finding(stored, Agreement.of(read(stored), Torch.read(theirs, ElementType.F32)));
    }

    private static Finding scalar(String what, double ours, double theirs) {
        TensorType type = TensorType.scalar(ElementType.F64);
        return new Finding(what, Agreement.of(Tensor.of(type, ours), Tensor.of(type, theirs)));
    }

    @Override
    public void close() {
        torch.close();
        model.close();
    }
}
