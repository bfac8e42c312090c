package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A language model of Weft's programs as libtorch would have it. */
public interface TorchLanguageModel extends TorchProgram {

    /** The logits (B, T, vocab) of the tokens after each of {@code tokens}: i64 (B, T). */
    Tensor logits(Map<String, Tensor> weights, Tensor tokens);

    @Override
    default Tensor nats(Map<String, Tensor> weights, Map<String, Tensor> batch) {
        return Layers.crossEntropy(logits(weights, batch.get("tokens")), batch);
    }
}
