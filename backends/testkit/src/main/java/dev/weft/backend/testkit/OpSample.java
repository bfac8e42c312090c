package dev.weft.backend.testkit;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.tensor.Tensor;
import java.util.List;

/**
 * One op at work: a program whose entry {@value #ENTRY} gives the op's result, and inputs for it, rounded to their types.
 *
 * @param name mnemonic, element type and form: {@code reduce_sum f32 rows[3,7]}
 * @param kind what the inputs are good for
 */
public record OpSample(String name, Program program, List<Tensor> inputs, Kind kind) {

    /** The entry's name, and its function's. */
    public static final String ENTRY = "sample";

    /** What a sample's inputs are good for. */
    public enum Kind {
        /** Ordinary values, away from kinks and jumps: derivatives exist and finite differences see them. */
        SMOOTH,
        /** NaN, infinities, signed zeros, ends of ranges, ties: values are compared, derivatives are not. */
        SPECIAL
    }

    public OpSample {
        inputs = List.copyOf(inputs);
    }

    /** The function of the entry: one result, one parameter for each input. */
    public Graph graph() {
        return program.function(ENTRY);
    }

    @Override
    public String toString() {
        return name;
    }
}
