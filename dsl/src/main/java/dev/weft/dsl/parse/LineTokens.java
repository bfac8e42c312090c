package dev.weft.dsl.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * Decides which line breaks end a statement. A line goes on where something is still open (a parenthesis or a bracket), after an
 * operator or a comma, and where the next line starts with something that only continues. Inside braces each line counts again.
 */
final class LineTokens {
    private static final Set<String> UNFINISHED = Set.of(
            "=", ":=", "->", ",", "+", "-", "*", "/", "%", "@", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or",
            "not", "as", ".", ":", "..+", "where", "in", "like", "import", "let", "{");
    private static final Set<String> CONTINUING = Set.of(
            "->", "=", ":=", "+", "*", "/", "%", "@", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "as", ".",
            "else", "}");

    private LineTokens() {}

    static List<Token> withoutContinuations(List<? extends Token> tokens) {
        List<Token> kept = new ArrayList<>(tokens.size());
        Deque<String> open = new ArrayDeque<>();
        @Nullable Token previous = null;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.getChannel() != Token.DEFAULT_CHANNEL) {
                kept.add(token);
                continue;
            }
            if (token.getType() == WeftLexer.NL) {
                boolean ends = previous != null
                        && previous.getType() != WeftLexer.NL
                        && (open.isEmpty() || open.peek().equals("{"))
                        && !UNFINISHED.contains(previous.getText())
                        && !CONTINUING.contains(next(tokens, i));
                if (!ends) {
                    continue;
                }
            }
            track(open, token.getText());
            kept.add(token);
            previous = token;
        }
        return kept;
    }

    private static void track(Deque<String> open, String text) {
        switch (text) {
            case "(", "[", "{" -> open.push(text);
            case ")", "]" -> {
                if (!open.isEmpty() && !open.peek().equals("{")) {
                    open.pop();
                }
            }
            case "}" -> {
                // What a missing parenthesis left open ends with the block, so that one error stays one.
                while (!open.isEmpty() && !open.pop().equals("{")) {}
            }
            default -> {}
        }
    }

    private static String next(List<? extends Token> tokens, int from) {
        for (int i = from + 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.getChannel() == Token.DEFAULT_CHANNEL && token.getType() != WeftLexer.NL) {
                return token.getText();
            }
        }
        return "";
    }
}
