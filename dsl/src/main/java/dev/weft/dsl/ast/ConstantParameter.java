package dev.weft.dsl.ast;

import org.jspecify.annotations.Nullable;

/**
 * One parameter of a model, an optimizer or a program.
 *
 * @param kind as written; else that of the default, else model for the first parameter of an optimizer or a program, else optimizer
 *     for the second of a program, else int
 */
public record ConstantParameter(
        Span span, String name, ConstantKind kind, @Nullable Expr defaultValue) {}
