package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the sides of a row train, and how far apart their losses may be.
 *
 * @param start the optimizer; its rate is that of the peak
 * @param warmup steps in which the rate rises to the peak
 * @param floor the rate at the end, to which it falls along a cosine
 * @param end the step at which it has fallen; 0 where the rate is constant
 * @param characters whether the user's own text, where one is named, is read in its characters
 */
record Recipe(Opening.Optimizer start, int warmup, double floor, int end, boolean characters, LossRule losses) {

    /**
     * How a language model begins to train. The rate rises from near nothing: at its peak from the first step on, losses leap, and leap apart
     * whoever rounds (libtorch's bf16 from its own f32 by 0.06 nats in the fourth step of GPT-2).
     */
    static final Recipe USUAL = new Recipe(
            new Opening.Optimizer(3e-4, 0.9, 0.95, 1e-8, 0.1, 1, List.of()), 100, 3e-5, 1000, false, LossRule.USUAL);

    /** How single tokens are read: no step is taken, and each loss is that of one token. */
    static final Recipe READING = new Recipe(USUAL.start, USUAL.warmup, USUAL.floor, USUAL.end, false, LossRule.TOKENS);

    /** nanoGPT's {@code train_shakespeare_char} as its README has it for a CPU. */
    static final Recipe NANO_GPT = new Recipe(
            new Opening.Optimizer(1e-3, 0.9, 0.99, 1e-8, 0.1, 1, List.of()), 100, 1e-4, 2000, true, LossRule.CLOSE);

    /** The optimizer, with the rates of so many steps. */
    Opening.Optimizer optimizer(int steps) {
        List<Double> rates = end == 0
                ? List.of()
                : IntStream.range(0, steps).mapToObj(this::rate).toList();
        return new Opening.Optimizer(
                start.lr(), start.beta1(), start.beta2(), start.eps(), start.decay(), start.clip(), rates);
    }

    private double rate(int step) {
        if (step < warmup) {
            return start.lr() * (step + 1) / (warmup + 1);
        }
        double done = Math.min(1, (step - warmup) / (double) (end - warmup));
        return floor + (start.lr() - floor) * (1 + Math.cos(Math.PI * done)) / 2;
    }
}
