package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The classifier of vectors in libtorch, over the stored tensors of {@code mlp.weft}. */
public record TorchMlp() implements TorchProgram {

    private static final long SUM = 2;

    @Override
    public Tensor nats(Map<String, Tensor> weights, Map<String, Tensor> batch) {
        Layers layer = new Layers(weights);
        Tensor x = torch.relu(layer.linear("first", batch.get("x")));
        x = torch.relu(layer.linear("second", x));
        return torch.cross_entropy_loss(
                layer.linear("last", x), batch.get("label"), new TensorOptional(), SUM, Long.MIN_VALUE, 0);
    }
}
