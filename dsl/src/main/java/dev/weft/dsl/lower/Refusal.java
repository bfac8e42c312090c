package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.graph.UserException;

/** A program that cannot be lowered, with the place: {@code file:line:col: subject: what must hold, got what}. */
final class Refusal extends UserException {
    private static final long serialVersionUID = 1L;

    private Refusal(String message) {
        super(message);
    }

    static Refusal at(Span span, String sentence, Object... arguments) {
        return new Refusal(span + ": " + (arguments.length == 0 ? sentence : sentence.formatted(arguments)));
    }
}
