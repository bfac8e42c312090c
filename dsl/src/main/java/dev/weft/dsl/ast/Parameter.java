package dev.weft.dsl.ast;

import org.jspecify.annotations.Nullable;

/** One parameter of a function; {@code tokens, targets: i32[B, T]} are two. */
public record Parameter(
        Span span, String name, TypeExpr type, @Nullable Expr defaultValue) {}
