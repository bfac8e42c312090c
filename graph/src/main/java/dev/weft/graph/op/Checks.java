package dev.weft.graph.op;

import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.List;

/** The invariants that several ops share, each with its sentence. */
final class Checks {

    private Checks() {}

    static void require(boolean holds, String name, String sentence, Object... arguments) {
        if (!holds) {
            throw new UserException(name + ": " + sentence.formatted(arguments));
        }
    }

    static void element(String name, String operand, Value value, ElementType element) {
        require(value.type().element() == element, name, "%s must be %s, got %s", operand, element, value.type());
    }

    static void isFloat(String name, String operand, Value value) {
        require(value.type().element().isFloat(), name, "%s must be a float, got %s", operand, value.type());
    }

    static void isInteger(String name, String operand, Value value) {
        require(value.type().element().isInteger(), name, "%s must be an integer, got %s", operand, value.type());
    }

    static void isNumber(String name, String operand, Value value) {
        require(value.type().element().isNumber(), name, "%s must be a number, got %s", operand, value.type());
    }

    static void isScalar(String name, String operand, Value value) {
        require(value.type().rank() == 0, name, "%s must be a scalar, got %s", operand, value.type());
    }

    static void sameType(String name, Value x, Value y) {
        require(x.type().equals(y.type()), name, "operands must have one type, got %s and %s", x.type(), y.type());
    }

    static void sameShape(String name, String first, Value x, String second, Value y) {
        require(
                x.type().shape().equals(y.type().shape()),
                name,
                "%s and %s must have one shape, got %s and %s",
                first,
                second,
                x.type(),
                y.type());
    }

    static void axis(String name, int axis, int rank) {
        require(axis >= 0 && axis < rank, name, "axis must be in 0..%s, got %s", rank - 1, axis);
    }

    /** Axes in range and strictly increasing. */
    static void increasing(String name, String what, List<Integer> axes, int rank) {
        int last = -1;
        for (int axis : axes) {
            axis(name, axis, rank);
            require(axis > last, name, "%s must increase, got %s", what, axes);
            last = axis;
        }
    }

    static void count(String name, String what, int got, int wanted) {
        require(got == wanted, name, "%s must have one entry per axis, %s, got %s", what, wanted, got);
    }
}
