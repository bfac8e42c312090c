package dev.weft.dsl.ast;

import org.jspecify.annotations.Nullable;

/**
 * One argument of a call.
 *
 * @param name the parameter it is for, if it was written as {@code name = value}
 * @param spread whether it is {@code ...value}: an argument bundle or a tuple, each element an argument of its own
 */
public record Argument(Span span, @Nullable Identifier name, Expr value, boolean spread) {}
