package dev.weft.bench.torch;

import dev.weft.graph.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A language model trained by libtorch as its users would, in f32 or under autocast to bf16: fused attention and cross entropy, its own AdamW with two groups of parameters,
 * its own clipping. Matrices decay, vectors do not. One thread at a time; closing frees the weights.
 */
public final class TorchPeer implements AutoCloseable {

    /** AdamW's numbers. */
    public record Options(double beta1, double beta2, double eps, double decay, double clip) {}

    private final PointerScope scope = new PointerScope();
    private final TorchLanguageModel program;
    private final Map<String, org.bytedeco.pytorch.Tensor> weights = new LinkedHashMap<>();
    private final TensorVector all;
    private final AdamW optimizer;
    private final double clip;
    private final boolean bf16;

    /** @param weights initial parameters by path */
    public TorchPeer(TorchGpt program, Map<String, Tensor> weights, Options options) {
        this(program, copies(weights), options, false);
    }

    private static Map<String, org.bytedeco.pytorch.Tensor> copies(Map<String, Tensor> weights) {
        Map<String, org.bytedeco.pytorch.Tensor> copies = new LinkedHashMap<>();
        weights.forEach((path, tensor) ->
                copies.put(path, Torch.as(tensor, ScalarType.Float).detach().clone()));
        return copies;
    }

    /**
     * As above.
     *
     * @param weights initial parameters by path, which become this one's own
     * @param bf16 whether forward computes under autocast to bf16
     */
    TorchPeer(
            TorchLanguageModel program,
            Map<String, org.bytedeco.pytorch.Tensor> weights,
            Options options,
            boolean bf16) {
        this.program = program;
        this.bf16 = bf16;
        this.clip = options.clip();
        this.weights.putAll(weights);
        this.weights.values().forEach(weight -> weight.set_requires_grad(true));
        this.all = select(0, Long.MAX_VALUE);
        this.optimizer = new AdamW(select(2, Long.MAX_VALUE), adamW(options, options.decay()));
        optimizer.add_param_group(new OptimizerParamGroup(select(0, 1), adamW(options, 0)));
    }

    private TensorVector select(long leastRank, long mostRank) {
        return new TensorVector(weights.values().stream()
                .filter(weight -> weight.dim() >= leastRank && weight.dim() <= mostRank)
                .toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    private static AdamWOptions adamW(Options options, double decay) {
        AdamWOptions made = new AdamWOptions();
        // A pair in C++ has no fixed order in memory; the defaults, 0.9 and 0.999, tell which is which.
        boolean inOrder = made.betas().get(0) < made.betas().get(1);
        made.betas().put(0, inOrder ? options.beta1() : options.beta2());
        made.betas().put(1, inOrder ? options.beta2() : options.beta1());
        made.eps().put(options.eps());
        made.weight_decay().put(decay);
        return made;
    }

    /**
     * One training step on the mean of a batch.
     *
     * @param tokens (rows, length) row-major, and {@code targets} alike
     * @return the mean loss before the update, in nats
     */
    public double step(int[] tokens, int[] targets, long rows, double lr) {
        try (PointerScope inner = new PointerScope()) {
            for (long group = 0; group < optimizer.param_groups().size(); group++) {
                optimizer.param_groups().get(group).options().set_lr(lr);
            }
            optimizer.zero_grad();
            org.bytedeco.pytorch.Tensor loss = loss(tokens, targets, rows);
            loss.backward();
            torch.clip_grad_norm_(all, clip);
            inner.attach(optimizer.step());
            return loss.item_float();
        }
    }

    private org.bytedeco.pytorch.Tensor loss(int[] tokens, int[] targets, long rows) {
        Torch.autocast(bf16);
        try {
            org.bytedeco.pytorch.Tensor logits =
                    program.logits(weights, ids(tokens).reshape(rows, -1));
            return torch.cross_entropy_loss(logits.reshape(tokens.length, -1), ids(targets));
        } finally {
            Torch.autocast(false);
        }
    }

    private static org.bytedeco.pytorch.Tensor ids(int[] ids) {
        return torch.tensor(ids).to(ScalarType.Long);
    }

    /** GFLOP/s of libtorch's f32 product of two square matrices: the best of some. */
    public static double productRate(int size, int repetitions) {
        try (PointerScope inner = new PointerScope()) {
            org.bytedeco.pytorch.Tensor x = torch.rand(size, size);
            inner.attach(x);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < repetitions; i++) {
                long start = System.nanoTime();
                x.matmul(x);
                best = Math.min(best, System.nanoTime() - start);
            }
            return 2.0 * size * size * size / best;
        }
    }

    @Override
    public void close() {
        weights.values().forEach(org.bytedeco.pytorch.Tensor::close);
        scope.close();
    }
}
