package dev.weft.bench;

import java.util.Map;

/**
 * How a GPT is trained.
 *
 * @param context tokens of a window
 * @param batch windows of a step
 * @param steps at whose end the schedule ends
 * @param decay of matrices; vectors do not decay
 */
record Recipe(
        int layers,
        int heads,
        int width,
        int context,
        int batch,
        int steps,
        int warmup,
        double peak,
        double floor,
        double beta1,
        double beta2,
        double decay,
        double clip) {

    /** nanoGPT's {@code train_shakespeare_char} as its README has it for a CPU. */
    static final Recipe NANO_GPT = new Recipe(4, 4, 128, 64, 12, 2000, 100, 1e-3, 1e-4, 0.9, 0.99, 0.1, 1.0);

    /** Constants of {@code gpt.weft}. */
    Map<String, String> model(int vocabulary) {
        return Map.of(
                "layers", Integer.toString(layers),
                "heads", Integer.toString(heads),
                "width", Integer.toString(width),
                "context", Integer.toString(context),
                "vocab", Integer.toString(vocabulary));
    }

    /** Constants of {@code adamw.weft}. */
    Map<String, String> optimizer() {
        return Map.of(
                "beta1", Double.toString(beta1), "beta2", Double.toString(beta2), "decay", Double.toString(decay));
    }

    /**
     * Floating-point operations of the matrix products of one step: two for each multiply-add, forward once and backward twice. Per
     * token, 12 width² in a layer and the head; per pair of positions, attention's two products.
     */
    double flops(int vocabulary) {
        double tokens = (double) batch * context;
        double dense = 12.0 * layers * width * width + (double) vocabulary * width;
        double attention = 2.0 * layers * context * width;
        return 3 * 2 * tokens * (dense + attention);
    }
}
