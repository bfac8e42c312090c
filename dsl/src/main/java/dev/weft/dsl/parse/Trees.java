package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Spans of ANTLR's tokens and trees. */
final class Trees {
    private Trees() {}

    static Span span(Source source, ParserRuleContext tree) {
        int start = tree.getStart().getStartIndex();
        Token stop = tree.getStop();
        int end = stop == null ? start : Math.max(start, stop.getStopIndex() + 1);
        return new Span(source, start, end);
    }

    static Span span(Source source, Token token) {
        return new Span(source, token.getStartIndex(), token.getStopIndex() + 1);
    }

    static Identifier identifier(Source source, WeftParser.NameContext name) {
        return new Identifier(span(source, name), name.getText());
    }
}
