package dev.weft.models.names;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of a {@code .names} file; {@code number} counts from 1. */
sealed interface Line {

    int number();

    /** The key of {@code config.json} that it is about; empty if it is about none. */
    default String key() {
        return "";
    }

    /** The same about another key. */
    default Line about(String key) {
        return this;
    }

    /**
     * {@code [optional] config KEY = CONSTANT [or OTHERWISE] [if CONSTANT is JSON [or JSON]]}.
     *
     * @param otherwise null where the constant must be said
     * @param only null where the line always counts
     * @param optional whether the key is left out where the constant is what it would be without
     */
    record Constant(
            int number,
            String key,
            String constant,
            @Nullable Otherwise otherwise,
            @Nullable Condition only,
            boolean optional)
            implements Line {
        @Override
        public Line about(String other) {
            return new Constant(number, other, constant, otherwise, only, optional);
        }
    }

    /**
     * {@code config KEY = CONSTANT among JSON, JSON …}: the constant is the place of the value among these, counted from 0, and 0 where no
     * key says it.
     */
    record Choice(int number, String key, String constant, List<Object> values) implements Line {
        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public Line about(String other) {
            return new Choice(number, other, constant, values);
        }
    }

    /** Whether a {@link Choice} is one of these. */
    record Condition(String constant, List<Object> values) {
        public Condition {
            values = List.copyOf(values);
        }
    }

    /** What a constant is where no key says it. */
    sealed interface Otherwise {

        /** A number or a truth value. */
        record Value(Object value) implements Otherwise {}

        /** What another constant is. */
        record SameAs(String constant) implements Otherwise {}
    }

    /** {@code config KEY = CONSTANT / CONSTANT}: follows from constants, and must be what follows. */
    record Quotient(int number, String key, String over, String under) implements Line {
        @Override
        public Line about(String other) {
            return new Quotient(number, other, over, under);
        }
    }

    /** {@code config KEY is JSON [or JSON]}: one of {@code values}, the first of which is written. */
    record Fixed(int number, String key, List<@Nullable Object> values) implements Line {
        public Fixed {
            values = Collections.unmodifiableList(new ArrayList<>(values)); // null is a value of JSON
        }

        @Override
        public Line about(String other) {
            return new Fixed(number, other, values);
        }
    }

    /** {@code config KEY is end_of_text}. */
    record EndOfText(int number, String key) implements Line {}

    /** {@code read LINE}, a line about {@code config.json} that says nothing when one is written. */
    record Read(int number, Line line) implements Line {}

    /** {@code read config OBJECT as OBJECT}: what is said of keys in {@code original} holds for those in {@code object}. */
    record Alias(int number, String object, String original) implements Line {}

    /** {@code prefix TEXT}. */
    record Prefix(int number, String text) implements Line {}

    /** {@code tensor SIDE = SIDE}. */
    record Tensors(int number, Side theirs, Side ours) implements Line {}

    /** {@code copy THEIRS of THEIRS}. */
    record Copy(int number, NamePattern name, NamePattern original) implements Line {}

    /** {@code ignore THEIRS}. */
    record Ignore(int number, NamePattern name) implements Line {}
}
