package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Refuses what would need more stack than there is: trees are walked recursively. Nobody writes this much by hand. */
final class Nesting {
    private static final int LONGEST_STATEMENT = 2000;
    private static final int MOST_SIGNS = 100;
    private static final int MOST_BRANCHES = 200;

    private Nesting() {}

    /** The first that is too much. */
    static Optional<Diagnostic> check(Source source, List<Token> tokens) {
        int statement = 0;
        int signs = 0;
        int branches = 0;
        for (Token token : tokens) {
            if (token.getChannel() != Token.DEFAULT_CHANNEL) {
                continue;
            }
            String text = token.getText();
            boolean ends = token.getType() == WeftLexer.NL || text.equals(";") || text.equals("{") || text.equals("}");
            boolean separate = token.getType() == WeftLexer.NL || text.equals(";");
            statement = ends ? 0 : statement + 1;
            signs = text.equals("-") || text.equals("not") ? signs + 1 : 0;
            branches = separate ? 0 : branches + (text.equals("else") ? 1 : 0);
            String tooMuch = statement > LONGEST_STATEMENT
                    ? "statement: has more than " + LONGEST_STATEMENT + " words and signs"
                    : signs > MOST_SIGNS
                            ? "signs: more than " + MOST_SIGNS + " in a row"
                            : branches > MOST_BRANCHES ? "if: has more than " + MOST_BRANCHES + " branches" : "";
            if (!tooMuch.isEmpty()) {
                return Optional.of(Diagnostic.error(Code.SYNTAX, Trees.span(source, token), tooMuch));
            }
        }
        return Optional.empty();
    }
}
