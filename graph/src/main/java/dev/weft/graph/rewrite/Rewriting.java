package dev.weft.graph.rewrite;

import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;

/** What a rule may do with the graph that is being made. */
public interface Rewriting {

    /** The value of an op of the new graph. */
    Value add(Op op);

    /** A scalar constant. */
    Value constant(ElementType element, double value);

    /** A constant in every element of {@code type}. */
    Value full(TensorType type, double value);

    /**
     * Whether {@code value} has a single user in the graph as far as it is known, so that replacing that user leaves {@code value}
     * unused. A rule that would compute something twice asks this first.
     */
    boolean usedOnce(Value value);
}
