package dev.weft.bench.suite;

import java.util.Map;
import java.util.TreeMap;

/**
 * A language model's sizes.
 *
 * @param program {@code gpt} or {@code llama}
 * @param constants of the program
 */
record Shape(String program, Map<String, Long> constants) {

    private static final long GPT2_VOCABULARY = 50257;

    Shape {
        constants = Map.copyOf(constants);
    }

    static Shape gpt(long layers, long heads, long width, long context, long vocabulary) {
        return new Shape(
                "gpt",
                Map.of("layers", layers, "heads", heads, "width", width, "context", context, "vocab", vocabulary));
    }

    /** GPT-2 with 124 million parameters. */
    static Shape gpt2() {
        return gpt(12, 12, 768, 1024, GPT2_VOCABULARY);
    }

    /** Llama's parts in GPT-2's size: the gated network has as many weights as GPT-2's. */
    static Shape llamaOfGpt2() {
        Map<String, Long> constants = new TreeMap<>(gpt2().constants());
        constants.put("shared", 4L);
        constants.put("inner", 2048L);
        return new Shape("llama", constants);
    }

    /** This, for texts of so many different tokens. */
    Shape vocabulary(long size) {
        Map<String, Long> other = new TreeMap<>(constants);
        other.put("vocab", size);
        return new Shape(program, other);
    }

    long constant(String name) {
        return constants.getOrDefault(name, 0L);
    }

    /** Weights that each token is multiplied with: those of the layers' matrices and the head. */
    double products() {
        return products(true);
    }

    private double products(boolean head) {
        double width = constant("width");
        double shared = program.equals("llama") ? constant("shared") * (width / constant("heads")) : width;
        double attention = 2 * width * width + 2 * width * shared;
        double network = program.equals("llama") ? 3 * width * constant("inner") : 8 * width * width;
        return constant("layers") * (attention + network) + (head ? constant("vocab") * width : 0);
    }

    /**
     * Floating-point operations of the products of a training step: two for each multiply-add, forward once and backward twice. Each
     * position attends to itself and those before it; what the mask hides is not counted.
     */
    double trainingFlops(int batch, int length) {
        return 3 * (forwardFlops(batch, length) + 2.0 * batch * length * constant("vocab") * constant("width"));
    }

    /** As above, of reading from an empty cache for the logits behind the last position alone. */
    double prefillFlops(int batch, int length) {
        return forwardFlops(batch, length) + 2.0 * batch * constant("vocab") * constant("width");
    }

    private double forwardFlops(int batch, int length) {
        double pairs = length * (length + 1) / 2.0;
        double attention = 2.0 * constant("layers") * constant("width") * pairs;
        return 2.0 * batch * (length * products(false) + attention);
    }

    /** Bytes that reading one token cannot do without: each weight of a product once. */
    double decodeBytes(double bytesAWeight) {
        return products() * bytesAWeight;
    }
}
