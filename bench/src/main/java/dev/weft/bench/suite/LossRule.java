package dev.weft.bench.suite;

import java.util.Optional;

/**
 * How far the losses of two sides may be apart; the sides began with equal weights and saw equal batches.
 *
 * @param f32 nats, where both make products in f32
 * @param bf16 nats, where one of both does not
 * @param first steps that are compared
 * @param relative whether the bounds are parts of the values, which are no nats then
 * @param mean nats by which the mean of these steps may differ; infinite where single steps say enough
 */
record LossRule(double f32, double bf16, int first, boolean relative, double mean) {

    private LossRule(double f32, double bf16, int first, boolean relative) {
        this(f32, bf16, first, relative, Double.POSITIVE_INFINITY);
    }

    /** Rounding of f32 over some steps; bf16 keeps 8 bits. */
    static final LossRule USUAL = new LossRule(2e-3, 1e-2, Integer.MAX_VALUE, false);

    /**
     * What single tokens cost, where the loss of a batch is the mean of hundreds: bf16 moves a token of GPT-2 by 0.0035 nats in Weft and by
     * 0.0064 in libtorch, both from f32, up and down alike. So single tokens may be further apart than batches, and their mean less.
     */
    static final LossRule TOKENS = new LossRule(2e-3, 3e-2, Integer.MAX_VALUE, false, 5e-3);

    /** Training of a small model goes apart in the end, whoever rounds. */
    static final LossRule CLOSE = new LossRule(1e-3, 5e-2, 200, false);

    /** Sums of squares of what came out, each a number of its own size. */
    static final LossRule PIECES = new LossRule(1e-3, 2e-2, Integer.MAX_VALUE, true);

    /** What drawn tokens cost: where two are close, rounding takes the other one, and the text goes on otherwise. */
    static final LossRule SAMPLED = new LossRule(0.2, 0.2, Integer.MAX_VALUE, false);

    /** What weights in int8 may cost or save a single token. */
    private static final double INT8 = 0.1;

    /** The sides need not agree. */
    static final LossRule NONE = new LossRule(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, false);

    /** The step at which two sides differ too much, in a sentence. */
    Optional<String> violation(SideResult ours, SideResult peer) {
        double allowed = ours.name().contains("bf16") || peer.name().contains("bf16") ? bf16 : f32;
        boolean isOneRounded = ours.name().contains("int8") != peer.name().contains("int8");
        if (isOneRounded) {
            allowed = Math.max(allowed, INT8);
        }
        int steps = Math.min(first, Math.min(ours.losses().size(), peer.losses().size()));
        for (int i = 0; i < steps; i++) {
            double difference = Math.abs(ours.losses().get(i) - peer.losses().get(i));
            if (relative) {
                difference /= Math.abs(peer.losses().get(i));
            }
            if (!(difference <= allowed)) {
                return Optional.of(
                        "losses: must be equal within %s%s, got %s (%s) and %s (%s) at step %d of %d; the times compare different work"
                                .formatted(
                                        allowed,
                                        relative ? " of their value" : " nats",
                                        ours.losses().get(i),
                                        ours.name(),
                                        peer.losses().get(i),
                                        peer.name(),
                                        i + 1,
                                        steps));
            }
        }
        return meanViolation(ours, peer, isOneRounded ? Math.max(mean, INT8) : mean, steps);
    }

    private static Optional<String> meanViolation(SideResult ours, SideResult peer, double allowed, int steps) {
        double one = mean(ours, steps);
        double other = mean(peer, steps);
        if (steps == 0 || Math.abs(one - other) <= allowed) {
            return Optional.empty();
        }
        return Optional.of(
                "losses: must be equal within %s nats in the mean of %d steps, got %s (%s) and %s (%s); the times compare different work"
                        .formatted(allowed, steps, one, ours.name(), other, peer.name()));
    }

    private static double mean(SideResult side, int steps) {
        return side.losses().stream()
                .limit(steps)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }
}
