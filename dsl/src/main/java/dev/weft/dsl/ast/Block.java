package dev.weft.dsl.ast;

import java.util.List;

/** Statements in braces. Its value is that of its last statement, if that is an expression. */
public record Block(Span span, List<Statement> statements) {

    public Block {
        statements = List.copyOf(statements);
    }
}
