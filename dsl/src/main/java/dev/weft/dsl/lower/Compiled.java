package dev.weft.dsl.lower;

import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the program: its parameters are the tensors among the arguments, then what it needs besides; its results are the tensors
 * of its value, then the new contents of what it writes.
 *
 * @param name of the graph
 * @param receiver the instance it was traced for; an instance of the same shape has its own storage under the same relative paths
 * @param parameters how many of its parameters are arguments
 * @param needs stored tensors and ambient numbers, in order
 * @param value of the call, in values of the graph
 * @param values how many results are tensors of the value
 * @param results all results of the graph
 * @param writes the stored tensors that the last results are for
 */
record Compiled(
        String name,
        @Nullable Instance receiver,
        int parameters,
        List<Need> needs,
        Val value,
        int values,
        List<Value> results,
        List<Leaf> writes) {

    Compiled {
        needs = List.copyOf(needs);
        results = List.copyOf(results);
        writes = List.copyOf(writes);
    }

    /** What a function gets besides its arguments. */
    sealed interface Need {
        record Stored(Leaf leaf, TensorType type) implements Need {}

        record Ambient(String name) implements Need {}
    }
}
