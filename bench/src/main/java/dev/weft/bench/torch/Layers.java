package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layers of libtorch on tensors found by path. Weights of linear layers are (in, out). */
record Layers(Map<String, Tensor> weights) {

    static final double EPS = 1e-5;
    private static final long NO_REDUCTION = 0;
    private static final long IGNORE_NOTHING = Long.MIN_VALUE;

    Tensor weight(String path) {
        Tensor weight = weights.get(path);
        if (weight == null) {
            throw new IllegalArgumentException(path + ": must be among " + weights.keySet());
        }
        return weight;
    }

    /** {@code x @ weight + bias}, (…, in) to (…, out). */
    Tensor linear(String path, Tensor x) {
        Tensor weight = weight(path + ".weight");
        Tensor rows = x.reshape(-1, weight.size(0));
        return like(x, torch.addmm(weight(path + ".bias"), rows, weight));
    }

    /** {@code x @ weight}, (…, in) to (…, out). */
    Tensor projection(String path, Tensor x) {
        return x.matmul(weight(path + ".weight"));
    }

    private static Tensor like(Tensor x, Tensor rows) {
        long[] sizes = new long[(int) x.dim()];
        for (int axis = 0; axis < sizes.length - 1; axis++) {
            sizes[axis] = x.size(axis);
        }
        sizes[sizes.length - 1] = rows.size(1);
        return rows.reshape(sizes);
    }

    Tensor embedding(String path, Tensor ids) {
        return torch.embedding(weight(path + ".weight"), ids);
    }

    Tensor layerNorm(String path, Tensor x) {
        Tensor weight = weight(path + ".weight");
        return torch.layer_norm(
                x,
                new long[] {weight.size(0)},
                new TensorOptional(weight),
                new TensorOptional(weight(path + ".bias")),
                EPS,
                true);
    }

    Tensor rmsNorm(String path, Tensor x) {
        Tensor weight = weight(path + ".weight");
        return torch.rms_norm(x, new long[] {weight.size(0)}, new TensorOptional(weight), new DoubleOptional(EPS));
    }

    /** Causal attention of (B, heads, T, d); fewer heads of keys and values are shared by groups of queries. */
    static Tensor attention(Tensor q, Tensor k, Tensor v) {
        boolean grouped = q.size(1) != k.size(1);
        return torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(), 0, true, new DoubleOptional(), grouped);
    }

    /** (B, T, heads · d) to (B, heads, T, d). */
    static Tensor split(Tensor x, long heads) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    /** (B, heads, T, d) to (B, T, heads · d). */
    static Tensor join(Tensor x) {
        return x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3));
    }

    /** The positions from {@code start} up to {@code limit} on the last axis. */
    static Tensor part(Tensor x, long start, long limit) {
        return x.slice(x.dim() - 1, new LongOptional(start), new LongOptional(limit), 1);
    }

    /** Weighted sum of the nats of targets (B, T) under logits (B, T, vocab). */
    static Tensor crossEntropy(Tensor logits, Map<String, Tensor> batch) {
        Tensor rows = logits.reshape(-1, logits.size(logits.dim() - 1));
        Tensor nats = torch.cross_entropy_loss(
                rows, batch.get("targets").reshape(-1), new TensorOptional(), NO_REDUCTION, IGNORE_NOTHING, 0);
        return nats.mul(batch.get("weight").reshape(-1)).sum();
    }
}
