package dev.weft.models.data;

import dev.weft.models.tensorfile.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Rows of a language model's batch, {@code (B, T)} row-major: {@code targets[b, t]} is the token that follows
 * {@code tokens[b, t]}. Compares by identity of its arrays.
 *
 * @param rows    B
 * @param length  T
 * @param tokens  what the model sees
 * @param targets what it shall predict
 * @param weight  how much a target counts: 1 unless the data say otherwise, and 0 for padding
 */
public record Batch(int rows, int length, int[] tokens, int[] targets, float[] weight) {

    static Batch zeros(int rows, int length) {
        int size = Math.multiplyExact(rows, length);
        return new Batch(rows, length, new int[size], new int[size], new float[size]);
    }

    /** Fills the start of row {@code row} with {@code count} tokens from {@code start}, their successors, and the weights of these. */
    void fill(int row, Tokens source, long start, int count) {
        int at = row * length;
        source.copyIds(start, tokens, at, count);
        source.copyIds(start + 1, targets, at, count);
        source.copyWeights(start + 1, weight, at, count);
    }

    /** Lets the first {@code count} targets of a row not count. */
    void ignore(int row, int count) {
        Arrays.fill(weight, row * length, row * length + count, 0);
    }

    /** How much all targets count. */
    public double totalWeight() {
        double total = 0;
        for (float one : weight) {
            total += one;
        }
        return total;
    }

    /** Under the names of a language model's {@code loss}: {@code tokens}, {@code targets}: i32, {@code weight}: f32. */
    public SequencedMap<String, Tensor> tensors() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("tokens", Tensor.of(tokens, rows, length));
        tensors.put("targets", Tensor.of(targets, rows, length));
        tensors.put("weight", Tensor.of(weight, rows, length));
        return tensors;
    }
}
