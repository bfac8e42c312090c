package dev.weft.graph;

import java.util.List;

/**
 * A way into a program: a pure function (stored, inputs) → (outputs, new stored). Its function's parameters are the stored tensors
 * {@code reads}, then {@code inputs}; its results are {@code outputs}, then the new contents of {@code writes}.
 */
public record Entry(
        String name,
        String function,
        List<String> reads,
        List<String> inputs,
        List<String> outputs,
        List<String> writes) {

    public Entry {
        reads = List.copyOf(reads);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        writes = List.copyOf(writes);
    }
}
