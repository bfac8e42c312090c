package dev.weft.models.probe;

import dev.weft.graph.type.TensorType;

/**
 * Statistics of one value. NaN where there is nothing to take them of.
 *
 * @param path where it is in the model: {@code logits/blocks.0/attn}; a stored tensor's name
 * @param source {@code file:line} of what computes it; empty for a stored tensor
 * @param part on which way it is
 * @param mean of the finite elements, as are {@code deviation} (the standard deviation), {@code min} and {@code max}
 * @param zeros share of elements that are zero, 0 to 1
 * @param nonFinite share of elements that are NaN or an infinity, 0 to 1
 */
public record Measurement(
        String path,
        String source,
        Part part,
        TensorType type,
        double mean,
        double deviation,
        double min,
        double max,
        double zeros,
        double nonFinite) {

    /** What a value is for. */
    public enum Part {
        /** It is stored. */
        STORED,
        /** The result of a path depends on it, or it is that result. */
        FORWARD,
        /** It belongs to gradients, or to what is written. */
        BACKWARD
    }
}
