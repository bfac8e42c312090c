package dev.weft.bench.torch;

import dev.weft.bench.protocol.Opening;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A language model trained by libtorch as its users would, in f32 or under autocast to bf16: fused attention and cross entropy, its own
 * AdamW with two groups of parameters, its own clipping. Matrices decay, vectors do not. One thread at a time; closing frees the
 * weights.
 */
final class TorchPeer implements AutoCloseable {

    private final PointerScope scope = new PointerScope();
    private final TorchLanguageModel program;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final TensorVector all;
    private final AdamW optimizer;
    private final double clip;
    private final boolean bf16;

    /**
     * A model ready for its first step.
     *
     * @param weights initial parameters by path, which become this one's own
     * @param bf16 whether forward computes under autocast to bf16
     */
    TorchPeer(TorchLanguageModel program, Map<String, Tensor> weights, Opening.Optimizer options, boolean bf16) {
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
                .toArray(Tensor[]::new));
    }

    private static AdamWOptions adamW(Opening.Optimizer options, double decay) {
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
    double step(int[] tokens, int[] targets, long rows, double lr) {
        try (PointerScope inner = new PointerScope()) {
            for (long group = 0; group < optimizer.param_groups().size(); group++) {
                optimizer.param_groups().get(group).options().set_lr(lr);
            }
            optimizer.zero_grad();
            Tensor loss = loss(tokens, targets, rows);
            loss.backward();
            torch.clip_grad_norm_(all, clip);
            inner.attach(optimizer.step());
            return loss.item_float();
        }
    }

    private Tensor loss(int[] tokens, int[] targets, long rows) {
        Torch.autocast(bf16);
        try {
            Tensor logits = program.logits(weights, ids(tokens).reshape(rows, -1));
            return torch.cross_entropy_loss(logits.reshape(tokens.length, -1), ids(targets));
        } finally {
            Torch.autocast(false);
        }
    }

    private static Tensor ids(int[] ids) {
        return torch.tensor(ids).to(ScalarType.Long);
    }

    @Override
    public void close() {
        weights.values().forEach(Tensor::close);
        scope.close();
    }
}
