package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.Token;

/**
 * Finds {@code width // 2}, which divides in Python and is a comment here: without a word, the width would stay whole. A comment that is
 * nothing but a number, right after something that could be divided, is refused.
 */
final class Division {
    private static final Pattern NUMBER = Pattern.compile("//\\s*[0-9][0-9_]*[\\s)\\],;}]*");

    private Division() {}

    static Optional<Diagnostic> check(Source source, List<? extends Token> tokens) {
        Optional<Token> before = Optional.empty();
        for (Token token : tokens) {
            boolean dividend = before.isPresent() && divides(before.get());
            if (dividend && NUMBER.matcher(token.getText()).matches()) {
                Span span = new Span(source, token.getStartIndex(), token.getStartIndex() + 2);
                return Optional.of(
                        Diagnostic.error(Code.SYNTAX, span, "'//': starts a comment, and does not divide")
                                .help(
                                        "whole numbers are divided by /, which must come out even; a comment says more than a number"));
            }
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                before = Optional.of(token);
            }
        }
        return Optional.empty();
    }

    /** Whether a token can end what is divided. */
    private static boolean divides(Token token) {
        return switch (token.getType()) {
            case WeftLexer.NAME, WeftLexer.INT, WeftLexer.FLOAT -> true;
            default -> token.getText().equals(")") || token.getText().equals("]");
        };
    }
}
