package dev.weft.dsl.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a rearrangement: {@code [B, T, (3 heads d)]} or {@code 3 * [B, heads, T, d]}.
 *
 * @param count the number of tensors where this side is a tuple: a literal or a constant, also one of the atoms of the other side
 */
public record Pattern(Span span, @Nullable Expr count, List<Axis> axes) {

    public Pattern {
        axes = List.copyOf(axes);
    }

    /** One axis of a tensor. */
    public sealed interface Axis {
        Span span();
    }

    /** {@code ...}: any number of axes, the same on both sides. */
    public record Rest(Span span) implements Axis {}

    /** The product of its atoms, the last one varying fastest; without parentheses it has one atom. */
    public record Group(Span span, List<Expr> atoms) implements Axis {
        public Group {
            atoms = List.copyOf(atoms);
        }
    }
}
