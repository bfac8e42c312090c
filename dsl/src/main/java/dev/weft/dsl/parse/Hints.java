package dev.weft.dsl.parse;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** What people who come from other languages write, and what it is in Weft. */
final class Hints {
    private static final Map<String, String> FOREIGN = Map.ofEntries(
            Map.entry("return", "the value of a body is its last expression; there is no return"),
            Map.entry("def", "a function is fn name(x: f32[n]) -> f32[n] { … }"),
            Map.entry("class", "a model is model Name(width) { … }"),
            Map.entry("elif", "write else if"),
            Map.entry("while", "there is no run-time control flow; for goes over parts, tuples, trees and range(n)"),
            Map.entry("lambda", "functions are declared with fn and a name"),
            Map.entry("let", "let declares constants of files and models; in a body write name = value"),
            Map.entry("var", "a name needs no word before it: name = value"),
            Map.entry(
                    "from",
                    "a whole file is imported, and its members are called through it: import nn, then nn.Linear"),
            Map.entry("&", "write and"),
            Map.entry("|", "write or"),
            Map.entry("!", "write not"),
            Map.entry("^", "a power is x ** 2"),
            Map.entry("#", "a comment starts with //"),
            Map.entry("\"", "there are no strings; import takes a bare name"),
            Map.entry("'", "there are no strings; import takes a bare name"));

    private Hints() {}

    /**
     * A hint for an error at a token.
     *
     * @param tokens those the parser sees
     * @param at the position of the token among them
     */
    static Optional<String> at(List<Token> tokens, int at) {
        String text = tokens.get(at).getText();
        String before = at > 0 ? tokens.get(at - 1).getText() : "";
        if (FOREIGN.containsKey(text)) {
            return Optional.of(FOREIGN.get(text));
        }
        if (FOREIGN.containsKey(before) && Character.isLetter(before.charAt(0))) {
            return Optional.of(FOREIGN.get(before));
        }
        return switch (text) {
            case "," ->
                assignsLater(tokens, at)
                        ? Optional.of("several names stand in parentheses: (a, b) = …")
                        : Optional.empty();
            case "=" ->
                "+-*/@%".contains(before) && !before.isEmpty()
                        ? Optional.of("write x = x " + before + " …; storage is written with :=")
                        : declares(tokens, at)
                                ? Optional.of(
                                        "a part is name: Model(…), a constant let name = …, storage starts with param,"
                                                + " buffer or state")
                                : Optional.empty();
            case ")" ->
                isName(before) && lineHas(tokens, at, "fn")
                        ? Optional.of("each parameter says its type: " + before + ": f32[n]")
                        : Optional.empty();
            case "." ->
                before.endsWith(".") || isNumber(before)
                        ? Optional.of("a range to go over is range(from, to); a slice is x[from:to]")
                        : Optional.empty();
            case "[" ->
                isType(before)
                        ? Optional.of("storage starts with param, buffer or state")
                        : Optional.of("lists of values are tuples: (a, b)");
            default -> Optional.empty();
        };
    }

    /** Whether the line is only a name before the token: {@code embed = …} where declarations stand. */
    private static boolean declares(List<Token> tokens, int at) {
        return at > 0
                && isName(tokens.get(at - 1).getText())
                && (at == 1
                        || tokens.get(at - 2).getType() == WeftLexer.NL
                        || tokens.get(at - 2).getText().equals("{"));
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && Character.isJavaIdentifierStart(text.charAt(0));
    }

    private static boolean lineHas(List<Token> tokens, int at, String word) {
        for (int i = at; i >= 0 && tokens.get(i).getType() != WeftLexer.NL; i--) {
            if (tokens.get(i).getText().equals(word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
    }

    private static boolean isType(String text) {
        return DeclarationBuilder.element(text).isPresent();
    }

    private static boolean assignsLater(List<Token> tokens, int at) {
        for (int i = at + 1; i < tokens.size() && tokens.get(i).getType() != WeftLexer.NL; i++) {
            if (tokens.get(i).getText().equals("=")) {
                return true;
            }
        }
        return false;
    }
}
