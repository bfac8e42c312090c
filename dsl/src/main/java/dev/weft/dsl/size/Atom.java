package dev.weft.dsl.size;

import java.util.List;
import java.util.stream.Collectors;

/** A number that is not known yet and is never negative: what polynomials are made of. */
public sealed interface Atom extends Comparable<Atom> {

    /**
     * A constant or a call size.
     *
     * @param scope tells symbols of the same name apart; 0 for those that a signature declares
     */
    record Symbol(String name, int scope) implements Atom {
        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code dividend / divisor}, known to be exact. */
    record Quotient(Size dividend, Size divisor) implements Atom {
        @Override
        public String toString() {
            return operand(dividend) + " / " + operand(divisor);
        }
    }

    /** An operation with no arithmetic of its own here: equal for equal operands. */
    record Opaque(String operation, List<Size> operands) implements Atom {
        public Opaque {
            operands = List.copyOf(operands);
        }

        @Override
        public String toString() {
            if (operands.size() == 2 && !Character.isLetter(operation.charAt(0))) {
                return operand(operands.getFirst()) + " " + operation + " " + operand(operands.getLast());
            }
            return operands.stream().map(Size::toString).collect(Collectors.joining(", ", operation + "(", ")"));
        }
    }

    private static String operand(Size size) {
        String text = size.toString();
        return text.contains(" ") ? "(" + text + ")" : text;
    }

    /** Any order that is always the same, so that equal polynomials print alike. */
    @Override
    default int compareTo(Atom other) {
        if (this instanceof Symbol symbol && other instanceof Symbol another) {
            int byName = symbol.name().compareTo(another.name());
            return byName != 0 ? byName : Integer.compare(symbol.scope(), another.scope());
        }
        int byText = toString().compareTo(other.toString());
        if (byText != 0) {
            return byText;
        }
        return getClass().getName().compareTo(other.getClass().getName());
    }
}
