package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** GPT-2 in libtorch, over the stored tensors of {@code gpt.weft}. */
public record TorchGpt(int layers, int heads) implements TorchLanguageModel {

    @Override
    public Tensor logits(Map<String, Tensor> weights, Tensor tokens) {
        Layers layer = new Layers(weights);
        Tensor positions =
                layer.weight("position.weight").slice(0, new LongOptional(0), new LongOptional(tokens.size(1)), 1);
        Tensor x = layer.embedding("embed", tokens).add(positions);
        for (int i = 0; i < layers; i++) {
            x = block(layer, "blocks." + i + ".", x);
        }
        return torch.linear(layer.layerNorm("norm", x), layer.weight("embed.weight"));
    }

    private Tensor block(Layers layer, String path, Tensor input) {
        Tensor qkv = layer.linear(path + "attn.qkv", layer.layerNorm(path + "norm1", input));
        long width = input.size(2);
        Tensor mixed = Layers.attention(
                Layers.split(Layers.part(qkv, 0, width), heads),
                Layers.split(Layers.part(qkv, width, 2 * width), heads),
                Layers.split(Layers.part(qkv, 2 * width, 3 * width), heads));
        Tensor x = input.add(layer.linear(path + "attn.proj", Layers.join(mixed)));
        Tensor wide = layer.linear(path + "mlp.expand", layer.layerNorm(path + "norm2", x));
        return x.add(layer.linear(path + "mlp.proj", torch.gelu(wide, "tanh")));
    }
}
