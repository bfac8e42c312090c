package dev.weft.bench.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A program in libtorch with weights of its own, in f64: its loss, the gradients, and optimizer steps written out as their papers
 * have them. An oracle, not a peer. Closing frees the weights.
 */
public final class TorchTraining implements AutoCloseable {

    /** How a parameter moves; keeps what it needs between steps. */
    @FunctionalInterface
    public interface Update {
        /** The new value, from the old one, its gradient, and the names under which state may be kept. */
        Tensor apply(String path, Tensor weight, Tensor gradient, Map<String, Tensor> state, int step);
    }

    private final TorchProgram program;
    private final PointerScope scope;
    private final SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private int steps;

    public TorchTraining(TorchProgram program, Map<String, dev.weft.graph.tensor.Tensor> weights) {
        this.program = program;
        this.scope = new PointerScope();
        weights.forEach((path, tensor) -> this.weights.put(path, leaf(Torch.exact(tensor))));
    }

    private static Tensor leaf(Tensor tensor) {
        Tensor leaf = tensor.detach().clone();
        leaf.set_requires_grad(true);
        return leaf;
    }

    /** The weighted sum of nats of a batch, and its gradients by path. */
    public record Gradients(double nats, SequencedMap<String, Tensor> gradients) {}

    /** Indices of a batch may be of any integer type. */
    public Gradients gradients(Map<String, dev.weft.graph.tensor.Tensor> batch) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        batch.forEach((name, tensor) -> tensors.put(
                name, Torch.as(tensor, tensor.type().element().isFloat() ? ScalarType.Double : ScalarType.Long)));
        Tensor nats = program.nats(weights, tensors);
        nats.backward();
        SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
        weights.forEach((path, weight) -> {
            Tensor gradient = weight.grad();
            gradients.put(path, gradient.defined() ? gradient.clone() : torch.zeros_like(weight));
            if (gradient.defined()) {
                gradient.zero_();
            }
        });
        return new Gradients(nats.item_double(), gradients);
    }

    /**
     * One step on the mean of a batch: gradients are divided by {@code weight}, and their common norm is at most {@code clip}.
     *
     * @return the norm before clipping
     */
    public double step(Gradients found, double weight, double clip, Update update) {
        steps++;
        double squares = 0;
        for (Tensor gradient : found.gradients().values()) {
            squares += gradient.mul(gradient).sum().item_double();
        }
        double norm = Math.sqrt(squares) / weight;
        double factor = Math.min(1, clip / (norm + 1e-6)) / weight;
        weights.replaceAll((path, old) -> leaf(
                update.apply(path, old.detach(), found.gradients().get(path).mul(new Scalar(factor)), state, steps)));
        return norm;
    }

    public Map<String, Tensor> weights() {
        return weights;
    }

    /** AdamW; tensors of at least {@code decayFromRank} axes decay. */
    public static Update adamW(double lr, double beta1, double beta2, double eps, double decay, int decayFromRank) {
        return (path, w, g, state, step) -> {
            Tensor m = lerp(state.get("m " + path), g, beta1);
            Tensor v = lerp(state.get("v " + path), g.mul(g), beta2);
            state.put("m " + path, m);
            state.put("v " + path, v);
            Tensor kept = w.dim() >= decayFromRank ? w.mul(new Scalar(1 - lr * decay)) : w;
            Tensor root = v.div(new Scalar(1 - Math.pow(beta2, step))).sqrt().add(new Scalar(eps));
            return kept.sub(m.div(root).mul(new Scalar(lr / (1 - Math.pow(beta1, step)))));
        };
    }

    private static Tensor lerp(@Nullable Tensor old, Tensor next, double beta) {
        Tensor added = next.mul(new Scalar(1 - beta));
        return old == null ? added : old.mul(new Scalar(beta)).add(added);
    }

    /** Gradient descent with momentum. */
    public static Update sgd(double lr, double momentum, double decay, int decayFromRank) {
        return (path, w, g, state, step) -> {
            Tensor pull = w.dim() >= decayFromRank ? g.add(w.mul(new Scalar(decay))) : g;
            Tensor old = state.get("m " + path);
            Tensor m = old == null ? pull : old.mul(new Scalar(momentum)).add(pull);
            state.put("m " + path, m);
            return w.sub(m.mul(new Scalar(lr)));
        };
    }

    @Override
    public void close() {
        scope.close();
    }
}
