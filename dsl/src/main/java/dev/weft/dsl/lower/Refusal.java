package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.graph.UserException;

/** A program that cannot be lowered, with the place: {@code file:line:col: subject: what must hold, got what}. */
final class Refusal extends UserException {
    private static final long serialVersionUID = 1L;

    private final boolean ofValues;

    private Refusal(String message, boolean ofValues) {
        super(message);
        this.ofValues = ofValues;
    }

    static Refusal at(Span span, String sentence, Object... arguments) {
        return new Refusal(message(span, sentence, arguments), false);
    }

    /** Where it is values that do not fit, and not the text: those of constants or sizes that somebody chose. */
    static Refusal ofValues(Span span, String sentence, Object... arguments) {
        return new Refusal(message(span, sentence, arguments), true);
    }

    private static String message(Span span, String sentence, Object... arguments) {
        return span + ": " + (arguments.length == 0 ? sentence : sentence.formatted(arguments));
    }

    /** Whether other values of constants or sizes would do. */
    boolean isOfValues() {
        return ofValues;
    }
}
