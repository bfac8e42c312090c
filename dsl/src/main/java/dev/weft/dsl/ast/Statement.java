package dev.weft.dsl.ast;

/** One line of a body. */
public sealed interface Statement {

    Span span();

    /**
     * {@code target = value}: names a value; a name that is bound already gets a new value from here on. {@code x[items] = value} is
     * such a statement too, its value an {@link Expr.Replaced}.
     */
    record Bind(Span span, Target target, Expr value) implements Statement {}

    /** {@code place := value}: writes storage. The place is a stored tensor, a tree of them, or an index into one. */
    record Store(Span span, Expr place, Expr value) implements Statement {}

    /** {@code for target in iterable { … }}: one copy of the body for each element. */
    record For(Span span, Target target, Expr iterable, Block body) implements Statement {}

    /** An expression for its value (the last statement) or for what it writes. */
    record Evaluate(Span span, Expr value) implements Statement {}
}
