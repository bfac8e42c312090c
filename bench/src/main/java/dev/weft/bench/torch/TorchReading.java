package dev.weft.bench.torch;

import dev.weft.bench.protocol.BatchFile;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.graph.MachineException;
import dev.weft.models.tensorfile.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * GPT-2 reading tokens in libtorch, with keys and values kept in tensors that were made ahead, and weights in the precision that was asked
 * for. A step ends with the logits of the next token.
 */
final class TorchReading implements SideServer.Work {

    private final int layers;
    private final int heads;
    private final boolean fromStart;
    private final Layers layer;
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private final BatchFile batches;
    private final PointerScope scope = new PointerScope();
    private final NoGradGuard noGradients = new NoGradGuard();
    private long read;

    TorchReading(Opening opening) {
        if (!opening.program().equals("gpt")) {
            throw new MachineException("libtorch: reads with the program gpt alone, not with " + opening.program());
        }
        layers = opening.constant("layers");
        heads = opening.constant("heads");
        fromStart = opening.work().equals("prefill");
        ScalarType type = opening.precision().equals("bf16") ? ScalarType.BFloat16 : ScalarType.Float;
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (SafeTensors file = SafeTensors.open(Path.of(opening.weights()))) {
            Torch.copies(file).forEach((path, weight) -> weights.put(path, weight.to(type)));
        }
        layer = new Layers(weights);
        long context = opening.constant("context");
        long width = opening.constant("width");
        for (int i = 0; i < layers; i++) {
            keys.add(torch.zeros(1, heads, context, width / heads).to(type));
            values.add(torch.zeros(1, heads, context, width / heads).to(type));
        }
        batches = new BatchFile(opening.batches());
    }

    @Override
    public DoubleSupplier step(int index) {
        if (fromStart) {
            read = 0;
        }
        int[] tokens = TorchSide.ids(batches.tokens(index));
        float[] logits;
        try (PointerScope inner = new PointerScope()) {
            Tensor last = logits(tokens).to(ScalarType.Float).contiguous();
            inner.attach(last);
            logits = new float[Math.toIntExact(last.numel())];
            last.data_ptr_float().get(logits);
        }
        int[] targets = TorchSide.ids(batches.targets(index));
        return () -> nats(logits, targets[targets.length - 1]);
    }

    private static double nats(float[] logits, int target) {
        try (PointerScope inner = new PointerScope()) {
            Tensor all = torch.tensor(logits).to(ScalarType.Double);
            inner.attach(all);
            return all.logsumexp(0).item_double() - logits[target];
        }
    }

    /** (vocab): behind the last of {@code tokens}. */
    private Tensor logits(int[] tokens) {
        long count = tokens.length;
        Tensor ids = torch.tensor(tokens).to(ScalarType.Long).reshape(1, count);
        Tensor positions =
                layer.weight("position.weight").slice(0, new LongOptional(read), new LongOptional(read + count), 1);
        Tensor x = layer.embedding("embed", ids).add(positions);
        for (int i = 0; i < layers; i++) {
            x = block(i, x, count);
        }
        read += count;
        Tensor last = x.slice(1, new LongOptional(count - 1), new LongOptional(count), 1);
        return torch.linear(layer.layerNorm("norm", last), layer.weight("embed.weight"))
                .reshape(-1);
    }

    private Tensor block(int i, Tensor input, long count) {
        String path = "blocks." + i + ".";
        Tensor qkv = layer.linear(path + "attn.qkv", layer.layerNorm(path + "norm1", input));
        long width = input.size(2);
        Tensor k = kept(keys.get(i), Layers.split(Layers.part(qkv, width, 2 * width), heads), count);
        Tensor v = kept(values.get(i), Layers.split(Layers.part(qkv, 2 * width, 3 * width), heads), count);
        Tensor q = Layers.split(Layers.part(qkv, 0, width), heads);
        // From an empty cache the mask is causal; one token sees all.
        Tensor mixed = torch.scaled_dot_product_attention(
                q, k, v, new TensorOptional(), 0, count > 1, new DoubleOptional(), false);
        Tensor x = input.add(layer.linear(path + "attn.proj", Layers.join(mixed)));
        Tensor wide = layer.linear(path + "mlp.expand", layer.layerNorm(path + "norm2", x));
        return x.add(layer.linear(path + "mlp.proj", torch.gelu(wide, "tanh")));
    }

    /** Puts what is new behind what was read, and gives both: (1, heads, read + count, d). */
    private Tensor kept(Tensor cache, Tensor next, long count) {
        cache.slice(2, new LongOptional(read), new LongOptional(read + count), 1)
                .copy_(next);
        return cache.slice(2, new LongOptional(0), new LongOptional(read + count), 1);
    }

    @Override
    public void close() {
        noGradients.close();
        scope.close();
        batches.close();
    }
}
