package dev.weft.dsl.check;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where to write the {@code where} that is missing. */
final class Remedies {
    private Remedies() {}

    static Diagnostic where(Evaluator here, Condition condition, String text, Diagnostic diagnostic) {
        String words = "add where " + text;
        boolean writable = sizes(condition).allMatch(Remedies::hasName);
        if (!writable) {
            return diagnostic.help("make it hold in every case: " + text);
        }
        boolean ofSelf = here.self() != null && sizes(condition).allMatch(size -> namedIn(here.self(), size));
        if (ofSelf && here.self() != null) {
            Declaration.Definition definition = here.self().definition();
            return edit(diagnostic, words, definition.constraints(), text, brace(definition), true);
        }
        Declaration.@Nullable Function function = here.function();
        if (function == null) {
            return diagnostic.help(words);
        }
        Span body = function.body().span();
        if (!function.expressionBody()) {
            return edit(
                    diagnostic,
                    words,
                    function.constraints(),
                    text,
                    new Span(body.source(), body.start(), body.start()),
                    true);
        }
        TypeExpr result = function.result();
        return result == null
                ? diagnostic.help(words)
                : edit(
                        diagnostic,
                        words,
                        function.constraints(),
                        text,
                        result.span().after(),
                        false);
    }

    private static Diagnostic edit(
            Diagnostic diagnostic, String words, List<Expr> present, String condition, Span at, boolean before) {
        if (!present.isEmpty()) {
            Span end = present.getLast().span().after();
            // The span of a parenthesized expression leaves its last parenthesis out.
            int after = end.end();
            String text = end.source().text();
            while (after < text.length() && (text.charAt(after) == ')' || text.charAt(after) == ' ')) {
                after++;
            }
            while (after > end.end() && text.charAt(after - 1) == ' ') {
                after--;
            }
            return diagnostic.help(words, new Span(end.source(), after, after), ", " + condition);
        }
        return diagnostic.help(words, at, before ? "where " + condition + " " : " where " + condition);
    }

    private static Span brace(Declaration.Definition definition) {
        Span span = definition.span();
        int at = span.source().text().indexOf('{', span.start());
        int position = at < 0 ? span.end() : at;
        return new Span(span.source(), position, position);
    }

    private static Stream<Size> sizes(Condition condition) {
        return switch (condition) {
            case Condition.AtMost atMost -> Stream.of(atMost.small(), atMost.large());
            case Condition.Equal equal -> Stream.of(equal.left(), equal.right());
            case Condition.Divides divides -> Stream.of(divides.dividend(), divides.divisor());
            case Condition.Not not -> sizes(not.operand());
            case Condition.And and -> Stream.concat(sizes(and.left()), sizes(and.right()));
            case Condition.Or or -> Stream.concat(sizes(or.left()), sizes(or.right()));
            case Condition.Always always -> Stream.empty();
            case Condition.Key key -> Stream.empty();
            case Condition.Broken broken -> Stream.empty();
        };
    }

    /** Whether every atom has a name where a {@code where} can be written. */
    private static boolean hasName(Size size) {
        return size.atoms().allMatch(atom -> switch (atom) {
            case Atom.Symbol symbol -> symbol.scope() <= 1;
            case Atom.Quotient quotient -> hasName(quotient.dividend()) && hasName(quotient.divisor());
            case Atom.Opaque opaque -> false;
        });
    }

    private static boolean namedIn(@Nullable Instance self, Size size) {
        return size.atoms().allMatch(atom -> switch (atom) {
            case Atom.Symbol symbol ->
                self != null && symbol.scope() == 0 && self.names().contains(symbol.name());
            case Atom.Quotient quotient -> namedIn(self, quotient.dividend()) && namedIn(self, quotient.divisor());
            case Atom.Opaque opaque -> false;
        });
    }
}
