package dev.weft.models.names;

import org.jspecify.annotations.Nullable;

/** A line of a {@code .names} file; {@code number} counts from 1. */
sealed interface Line {

    int number();

    /** {@code config KEY = CONSTANT}. */
    record Constant(int number, String key, String constant) implements Line {}

    /** {@code config KEY is JSON}. */
    record Fixed(int number, String key, @Nullable Object value) implements Line {}

    /** {@code prefix TEXT}. */
    record Prefix(int number, String text) implements Line {}

    /** {@code tensor SIDE = SIDE}. */
    record Tensors(int number, Side theirs, Side ours) implements Line {}

    /** {@code copy THEIRS of THEIRS}. */
    record Copy(int number, NamePattern name, NamePattern original) implements Line {}

    /** {@code ignore THEIRS}. */
    record Ignore(int number, NamePattern name) implements Line {}
}
