package dev.weft.bench.torch;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Llama in libtorch, over the stored tensors of {@code llama.weft}.
 *
 * @param shared heads of keys and values
 * @param base of the rotary frequencies
 */
public record TorchLlama(int layers, int heads, int shared, double base) implements TorchLanguageModel {

    @Override
    public Tensor logits(Map<String, Tensor> weights, Tensor tokens) {
        Layers layer = new Layers(weights);
        Tensor x = layer.embedding("embed", tokens);
        for (int i = 0; i < layers; i++) {
            x = block(layer, "blocks." + i + ".", x);
        }
        return layer.projection("head.0", layer.rmsNorm("norm", x));
    }

    private Tensor block(Layers layer, String path, Tensor input) {
        Tensor normed = layer.rmsNorm(path + "norm1", input);
        Tensor mixed = Layers.attention(
                rotate(Layers.split(layer.projection(path + "attn.query", normed), heads)),
                rotate(Layers.split(layer.projection(path + "attn.key", normed), shared)),
                Layers.split(layer.projection(path + "attn.value", normed), shared));
        Tensor x = input.add(layer.projection(path + "attn.proj", Layers.join(mixed)));
        normed = layer.rmsNorm(path + "norm2", x);
        Tensor gate = torch.silu(layer.projection(path + "mlp.gate", normed));
        return x.add(layer.projection(path + "mlp.proj", gate.mul(layer.projection(path + "mlp.expand", normed))));
    }

    /** The complex numbers (x[i], x[i + d/2]) turned by position · base^(−2i/d); x is (B, heads, T, d). */
    private Tensor rotate(Tensor x) {
        long half = x.size(3) / 2;
        Tensor exponent =
                torch.arange(new Scalar(half)).to(torch.ScalarType.Double).mul(new Scalar(-1.0 / half));
        Tensor frequency = torch.pow(new Scalar(base), exponent);
        Tensor position = torch.arange(new Scalar(x.size(2))).to(torch.ScalarType.Double);
        Tensor angle = position.unsqueeze(1).mul(frequency);
        Tensor cos = angle.cos().to(x.scalar_type());
        Tensor sin = angle.sin().to(x.scalar_type());
        Tensor real = Layers.part(x, 0, half);
        Tensor imaginary = Layers.part(x, half, 2 * half);
        return torch.cat(
                new TensorVector(
                        real.mul(cos).sub(imaginary.mul(sin)),
                        imaginary.mul(cos).add(real.mul(sin))),
                3);
    }
}
