package dev.weft.dsl.check;

import dev.weft.dsl.size.Size;

/** What an {@code if} or a {@code where} asks of constants. */
sealed interface Condition {

    record Always(boolean truth) implements Condition {}

    /** {@code dividend % divisor == 0} */
    record Divides(Size dividend, Size divisor) implements Condition {}

    record Equal(Size left, Size right) implements Condition {}

    record AtMost(Size small, Size large) implements Condition {}

    /** Something that has no arithmetic here: a bool, or floats compared. Equal keys are equal conditions. */
    record Key(String key) implements Condition {}

    record Not(Condition operand) implements Condition {}

    record And(Condition left, Condition right) implements Condition {}

    record Or(Condition left, Condition right) implements Condition {}

    /** A condition that cannot be read, which is reported already. */
    record Broken() implements Condition {}
}
