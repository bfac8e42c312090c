package dev.weft.autodiff;

import dev.weft.graph.Value;
import dev.weft.graph.op.Primitive;
import java.util.List;

/** What the sweep asks: how a gradient passes through one op. */
@FunctionalInterface
interface DerivativeTable {

    /** What reaches an operand: {@code ∂/∂operand}, of the operand's type. */
    record Term(Value operand, Value gradient) {}

    /**
     * The terms of one op, one for each operand that has a derivative.
     *
     * @param z the op's result
     * @param dz the gradient by it, of its type
     */
    List<Term> terms(Primitive op, Value z, Value dz);
}
