package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Finds brackets without a partner, which a parser would notice too late and far away. */
final class Brackets {
    private static final Map<String, String> CLOSES = Map.of(")", "(", "]", "[", "}", "{");
    /** A recursive parser needs stack for each level; nobody writes this many. */
    private static final int DEEPEST = 200;

    private Brackets() {}

    /** The first that is wrong, with the place where indentation says otherwise. */
    static Optional<Diagnostic> check(Source source, List<? extends Token> tokens) {
        return unpaired(source, tokens).map(found -> new Indentation(source)
                .suspect(tokens)
                .filter(note -> !note.span().equals(found.span()))
                .map(note -> found.note(note.span(), note.text()))
                .orElse(found));
    }

    private static Optional<Diagnostic> unpaired(Source source, List<? extends Token> tokens) {
        Deque<Token> open = new ArrayDeque<>();
        for (Token token : tokens) {
            if (token.getChannel() != Token.DEFAULT_CHANNEL) {
                continue;
            }
            String text = token.getText();
            if (CLOSES.containsValue(text)) {
                open.push(token);
                if (open.size() > DEEPEST) {
                    return error(source, token, "nesting: at most " + DEEPEST + " brackets may be open at once");
                }
            } else if (CLOSES.containsKey(text)) {
                if (open.isEmpty()) {
                    return error(source, token, "'" + text + "': closes nothing");
                }
                Token opened = open.pop();
                if (!opened.getText().equals(CLOSES.get(text))) {
                    return error(source, opened, "'" + opened.getText() + "': is not closed")
                            .map(found -> found.note(
                                    Trees.span(source, token), "'" + text + "' comes first and closes another"));
                }
            }
        }
        return open.isEmpty()
                ? Optional.empty()
                : error(source, open.peek(), "'" + open.peek().getText() + "': is not closed");
    }

    private static Optional<Diagnostic> error(Source source, Token token, String message) {
        return Optional.of(Diagnostic.error(Code.SYNTAX, Trees.span(source, token), message));
    }
}
