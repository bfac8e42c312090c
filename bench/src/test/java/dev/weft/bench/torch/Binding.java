package dev.weft.bench.torch;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/**
 * A shipped program with random numbers for its constants and call sizes, and the same in libtorch.
 *
 * @param constants of the model, as text
 * @param sizes of the call
 */
record Binding(String program, Map<String, String> constants, SequencedMap<String, Long> sizes, TorchProgram torch) {

    /** Draws a binding of a program of this name. */
    static Binding of(String program, Random random) {
        return switch (program) {
            case "gpt" -> gpt(random);
            case "llama" -> llama(random);
            case "mlp" -> mlp(random);
            default -> throw new IllegalArgumentException(program + ": has nothing to be compared with");
        };
    }

    private static Binding gpt(Random random) {
        int layers = 1 + random.nextInt(3);
        int heads = 1 + random.nextInt(4);
        int context = 1 + random.nextInt(20);
        Map<String, String> constants = new LinkedHashMap<>();
        put(constants, "layers", layers);
        put(constants, "heads", heads);
        put(constants, "width", heads * (8 + random.nextInt(9)));
        put(constants, "context", context);
        put(constants, "vocab", 2 + random.nextInt(70));
        return new Binding(
                "gpt",
                constants,
                sizes(1 + random.nextInt(4), 1 + random.nextInt(context)),
                new TorchGpt(layers, heads));
    }

    /** T is at least 2: over a single position the gradients by query and key are 0 but for rounding. */
    private static Binding llama(Random random) {
        int layers = 1 + random.nextInt(3);
        int shared = 1 + random.nextInt(3);
        int heads = shared * (1 + random.nextInt(3));
        int context = 2 + random.nextInt(20);
        double base = random.nextBoolean() ? 10000 : 500;
        Map<String, String> constants = new LinkedHashMap<>();
        put(constants, "layers", layers);
        put(constants, "heads", heads);
        put(constants, "shared", shared);
        put(constants, "width", heads * 2 * (4 + random.nextInt(3)));
        put(constants, "inner", 1 + random.nextInt(50));
        put(constants, "context", context);
        put(constants, "vocab", 2 + random.nextInt(70));
        constants.put("base", Double.toString(base));
        return new Binding(
                "llama",
                constants,
                sizes(1 + random.nextInt(4), 2 + random.nextInt(context - 1)),
                new TorchLlama(layers, heads, shared, base));
    }

    private static Binding mlp(Random random) {
        Map<String, String> constants = new LinkedHashMap<>();
        put(constants, "features", 1 + random.nextInt(40));
        put(constants, "hidden", 1 + random.nextInt(40));
        put(constants, "classes", 2 + random.nextInt(20));
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("B", 1L + random.nextInt(20));
        return new Binding("mlp", constants, sizes, new TorchMlp());
    }

    private static void put(Map<String, String> constants, String name, int value) {
        constants.put(name, Integer.toString(value));
    }

    private static SequencedMap<String, Long> sizes(long rows, long length) {
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("B", rows);
        sizes.put("T", length);
        return sizes;
    }

    /** Random arguments of the program's loss. Some targets of a language model have no weight. */
    Map<String, Tensor> batch(Random random) {
        long[] sizes = this.sizes.values().stream().mapToLong(Long::longValue).toArray();
        Map<String, Tensor> batch = new LinkedHashMap<>();
        if (program.equals("mlp")) {
            batch.put("x", normal(random, sizes[0], integer("features")));
            batch.put("label", below(random, integer("classes"), sizes));
            return batch;
        }
        batch.put("tokens", below(random, integer("vocab"), sizes));
        batch.put("targets", below(random, integer("vocab"), sizes));
        Tensor weight = Tensor.zeros(TensorType.of(ElementType.F32, sizes));
        for (int i = 0; i < weight.size(); i++) {
            weight.set(i, i > 0 && random.nextInt(4) == 0 ? 0 : random.nextFloat(0.5f, 2));
        }
        batch.put("weight", weight);
        return batch;
    }

    private int integer(String constant) {
        return Integer.parseInt(constants.get(constant));
    }

    private static Tensor below(Random random, int limit, long... sizes) {
        Tensor tensor = Tensor.zeros(TensorType.of(ElementType.I32, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextInt(limit));
        }
        return tensor;
    }

    private static Tensor normal(Random random, long... sizes) {
        Tensor tensor = Tensor.zeros(TensorType.of(ElementType.F32, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }

    /** Sum of the batch's weights. */
    static double weight(Map<String, Tensor> batch) {
        Tensor weight = batch.get("weight");
        if (weight == null) {
            return batch.get("label").size();
        }
        double sum = 0;
        for (int i = 0; i < weight.size(); i++) {
            sum += weight.get(i);
        }
        return sum;
    }

    @Override
    public String toString() {
        return program + " " + constants + " " + sizes;
    }
}
