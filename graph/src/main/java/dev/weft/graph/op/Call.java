package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * Result number {@code result} of a function of the program. Two calls of one function on the same arguments and path are one
 * computation.
 *
 * @param path names the call's place ({@code blocks.3.attn}); prefixes the streams of random ops inside, so equal layers differ
 * @param type the type of that result
 */
public record Call(String function, List<Value> arguments, int result, String path, TensorType type) implements Op {

    public Call {
        arguments = List.copyOf(arguments);
    }

    /** The list itself: it may be long, and a call of many results is as many values. */
    @Override
    public List<Value> operands() {
        return arguments;
    }

    /** The path (or stream) {@code inner} as it is inside a call whose path is {@code outer}: both, with a slash between. */
    public static String nest(String outer, String inner) {
        if (outer.isEmpty()) {
            return inner;
        }
        return inner.isEmpty() ? outer : outer + "/" + inner;
    }
}
