package dev.weft.graph.type;

import org.jspecify.annotations.Nullable;

/**
 * One static size of a shape, with the name it had in the language ({@code 64:T}). The label is for readers: it is printed
 * everywhere and is no part of equality.
 */
public record Dim(long size, @Nullable String label) {

    public Dim {
        if (size < 0) {
            throw new IllegalArgumentException("size: must not be negative, got " + size);
        }
    }

    public static Dim of(long size) {
        return new Dim(size, null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dim dim && dim.size == size;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size);
    }

    @Override
    public String toString() {
        return label == null ? Long.toString(size) : size + ":" + label;
    }
}
