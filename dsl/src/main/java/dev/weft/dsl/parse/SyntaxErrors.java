package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

/** Turns what ANTLR reports into sentences for people; one for each line, since later ones on a line follow from the first. */
final class SyntaxErrors extends BaseErrorListener {
    private static final int MOST = 10;
    private static final int MOST_EXPECTED = 4;

    private final Source source;
    private final List<Diagnostic> found = new ArrayList<>();
    private List<Token> tokens = List.of();

    SyntaxErrors(Source source) {
        this.source = source;
    }

    List<Diagnostic> found() {
        return found;
    }

    /** The tokens that the parser is about to see, for hints. */
    void reading(List<Token> all) {
        tokens = all.stream()
                .filter(token -> token.getChannel() == Token.DEFAULT_CHANNEL)
                .toList();
    }

    void report(Span span, String message) {
        report(Diagnostic.error(Code.SYNTAX, span, message));
    }

    private void report(Diagnostic diagnostic) {
        int line = diagnostic.span().line();
        boolean sameLine = found.stream().anyMatch(earlier -> earlier.span().line() == line);
        if (!sameLine && found.size() < MOST) {
            found.add(diagnostic);
        }
    }

    @Override
    public void syntaxError(
            Recognizer<?, ?> recognizer,
            @Nullable Object symbol,
            int line,
            int column,
            String message,
            @Nullable RecognitionException cause) {
        if (!(symbol instanceof Token token)) {
            return;
        }
        Span span = span(token);
        Diagnostic error = Diagnostic.error(Code.SYNTAX, span, sentence(recognizer, token, cause));
        int at = tokens.indexOf(token);
        report((at < 0 ? Optional.<String>empty() : Hints.at(tokens, at))
                .map(error::help)
                .orElse(error));
    }

    private String sentence(Recognizer<?, ?> recognizer, Token token, @Nullable RecognitionException cause) {
        String got = describe(token);
        if (token.getType() == WeftLexer.UNKNOWN) {
            return "character " + got + ": is not used in Weft outside comments";
        }
        IntervalSet expected = cause != null && cause.getExpectedTokens() != null
                ? cause.getExpectedTokens()
                : ((Parser) recognizer).getExpectedTokens();
        List<String> names = expected(expected);
        if (names.isEmpty() || names.size() > MOST_EXPECTED) {
            return got + ": does not fit here";
        }
        return got + ": does not fit here, expected " + String.join(" or ", names);
    }

    private static List<String> expected(@Nullable IntervalSet set) {
        List<String> names = new ArrayList<>();
        if (set == null) {
            return names;
        }
        boolean anyName = set.contains(WeftLexer.NAME);
        if (anyName) {
            names.add("a name");
        }
        for (int type : set.toList()) {
            String name = type == Token.EOF ? "the end of the file" : WeftLexer.VOCABULARY.getDisplayName(type);
            boolean softKeyword = name.matches("'[a-z]+'");
            if (type != WeftLexer.NAME && !(anyName && softKeyword)) {
                names.add(
                        switch (name) {
                            case "NL" -> "a new line";
                            case "INT" -> "a whole number";
                            case "FLOAT" -> "a number";
                            case "UNDERSCORE" -> "'_'";
                            default -> name;
                        });
            }
        }
        return names;
    }

    private static String describe(Token token) {
        return switch (token.getType()) {
            case Token.EOF -> "the end of the file";
            case WeftLexer.NL -> "the end of the line";
            default -> "'" + token.getText() + "'";
        };
    }

    private Span span(Token token) {
        int length = source.text().length();
        int start = Math.min(Math.max(token.getStartIndex(), 0), length);
        int end = token.getType() == Token.EOF || token.getType() == WeftLexer.NL
                ? start
                : Math.min(token.getStopIndex() + 1, length);
        return new Span(source, start, Math.max(start, end));
    }
}
