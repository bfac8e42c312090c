package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * One operation on values, with one result. An op is a record: components of type {@link Value} or {@code List<Value>} are its
 * operands, all others its attributes. Ops with equal operands and attributes are equal.
 */
public sealed interface Op permits Primitive, Call, Grad {

    /** The type rule. */
    TensorType type();

    /** The name in the text form, {@code dot_general} for {@link DotGeneral}. */
    default String mnemonic() {
        return OpSchema.of(this).mnemonic();
    }

    /** The operands in the order of the components. */
    default List<Value> operands() {
        return OpSchema.of(this).operands(this);
    }

    /** The same op on other operands; checks its invariants again. */
    default Op withOperands(List<Value> operands) {
        return OpSchema.of(this).withOperands(this, operands);
    }
}
