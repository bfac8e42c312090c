package dev.weft.models.names;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of a {@code .names} file; {@code number} counts from 1. */
sealed interface Line {

    int number();

    /** {@code config KEY = CONSTANT [or OTHERWISE]}; {@code otherwise} is null where the constant must be said. */
    record Constant(
            int number,
            String key,
            String constant,
            @Nullable Otherwise otherwise) implements Line {}

    /** What a constant is where no key says it. */
    sealed interface Otherwise {

        /** A number or a truth value. */
        record Value(Object value) implements Otherwise {}

        /** What another constant is. */
        record SameAs(String constant) implements Otherwise {}
    }

    /** {@code config KEY = CONSTANT / CONSTANT}: follows from constants, and must be what follows. */
    record Quotient(int number, String key, String over, String under) implements Line {}

    /** {@code config KEY is JSON [or JSON]}: one of {@code values}, the first of which is written. */
    record Fixed(int number, String key, List<@Nullable Object> values) implements Line {
        public Fixed {
            values = Collections.unmodifiableList(new ArrayList<>(values)); // null is a value of JSON
        }
    }

    /** {@code config KEY is end_of_text}. */
    record EndOfText(int number, String key) implements Line {}

    /** {@code read LINE}, a line about {@code config.json} that says nothing when one is written. */
    record Read(int number, Line line) implements Line {}

    /** {@code prefix TEXT}. */
    record Prefix(int number, String text) implements Line {}

    /** {@code tensor SIDE = SIDE}. */
    record Tensors(int number, Side theirs, Side ours) implements Line {}

    /** {@code copy THEIRS of THEIRS}. */
    record Copy(int number, NamePattern name, NamePattern original) implements Line {}

    /** {@code ignore THEIRS}. */
    record Ignore(int number, NamePattern name) implements Line {}
}
