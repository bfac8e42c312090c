package dev.weft.bench.protocol;

import java.util.List;
import java.util.Map;

/**
 * The work that a side shall do, the same for all sides of a turn.
 *
 * @param work {@code train}: a step is one of AdamW on the mean loss of a batch; {@code decode}: a step reads one token behind all
 *     before it; {@code prefill}: a step reads {@code length} tokens from an empty cache; {@code samples}: a step
 *     continues {@code batch} first tokens by {@code length} drawn ones each, as rows of one batch; {@code samples-one-by-one}: the same,
 *     one after the other; {@code piece}: a step is one piece of a
 *     model, {@code length} times; {@code weights}: no steps, the side writes the initial parameters
 * @param program {@code gpt} or {@code llama}; of {@code piece} its name
 * @param constants of the program: {@code layers}, {@code heads}, {@code width}, {@code context}, {@code vocab}, …
 * @param batch sequences of a step
 * @param length tokens of a sequence
 * @param precision of products: {@code f32} or {@code bf16}; {@code int8}: weights in int8, products in bf16; {@value #INTEGERS}: weights in
 *     int8, their products of integers
 * @param threads that compute
 * @param optimizer of {@code train}
 * @param weights a {@code .safetensors} file with the initial parameters by path; linear ones are (in, out)
 * @param batches a {@code .safetensors} file with {@code tokens} and {@code targets}: i32 [steps, batch, length]
 */
public record Opening(
        String work,
        String program,
        Map<String, Long> constants,
        int batch,
        int length,
        String precision,
        int threads,
        Optimizer optimizer,
        String weights,
        String batches) {

    /** Weights in int8, multiplied with rows that are rounded to 8 bits too. */
    public static final String INTEGERS = "int8-products";

    /**
     * AdamW.
     *
     * @param lr the rate of every step that {@code rates} does not have
     * @param decay of matrices; vectors do not decay
     * @param clip the largest norm that the gradient of all parameters keeps
     * @param rates of the first steps, where they follow a schedule
     */
    public record Optimizer(
            double lr, double beta1, double beta2, double eps, double decay, double clip, List<Double> rates) {

        public Optimizer {
            rates = List.copyOf(rates);
        }

        /** The rate of a step, counted from 0. */
        public double rate(int step) {
            return step < rates.size() ? rates.get(step) : lr;
        }
    }

    public Opening {
        constants = Map.copyOf(constants);
    }

    /** The same work in another precision of products and on as many threads. */
    public Opening on(String otherPrecision, int otherThreads) {
        return new Opening(
                work, program, constants, batch, length, otherPrecision, otherThreads, optimizer, weights, batches);
    }

    /**
     * A constant of the program.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public int constant(String name) {
        Long value = constants.get(name);
        if (value == null) {
            throw new IllegalArgumentException("constants: must have " + name + ", got " + constants.keySet());
        }
        return Math.toIntExact(value);
    }
}
