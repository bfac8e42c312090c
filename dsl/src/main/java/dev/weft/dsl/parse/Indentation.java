package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.antlr.v4.runtime.Token;

/** Where braces and indentation first disagree: there one is missing or too much, whatever the count says at the end of the file. */
final class Indentation {
    private final Source source;

    Indentation(Source source) {
        this.source = source;
    }

    /** The place to look at, for a file whose braces do not pair up. */
    Optional<Diagnostic.Note> suspect(List<? extends Token> tokens) {
        Deque<Token> open = new ArrayDeque<>();
        for (Token token : tokens) {
            if (token.getChannel() != Token.DEFAULT_CHANNEL) {
                continue;
            }
            if (token.getText().equals("{")) {
                open.push(token);
            } else if (token.getText().equals("}")) {
                Optional<Diagnostic.Note> found =
                        closed(token, open.isEmpty() ? Optional.empty() : Optional.of(open.pop()));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Diagnostic.Note> closed(Token close, Optional<Token> open) {
        int line = line(close);
        int indent = indent(line);
        boolean startsLine = source.column(close.getStartIndex()) == indent + 1;
        if (open.isPresent() && line(open.get()) == line) {
            return Optional.empty();
        }
        if (open.isPresent() && !startsLine) {
            return Optional.of(new Diagnostic.Note(Trees.span(source, close), "this one may be too much"));
        }
        int opened = open.map(token -> indent(line(token))).orElse(-1);
        if (opened == indent || !startsLine) {
            return Optional.empty();
        }
        if (opened > indent) {
            return open.map(
                    token -> new Diagnostic.Note(Trees.span(source, token), "by indentation this one is not closed"));
        }
        OptionalInt header = header(line, indent);
        return header.isEmpty()
                ? Optional.empty()
                : Optional.of(new Diagnostic.Note(end(header.getAsInt()), "by indentation a { is missing here"));
    }

    /** The line that what a brace closes seems to start with: the nearest one before it that is indented alike. */
    private OptionalInt header(int line, int indent) {
        for (int i = line - 1; i >= 1; i--) {
            String text = source.lineText(i).strip();
            if (!text.isEmpty() && !text.startsWith("//") && indent(i) <= indent) {
                return indent(i) == indent ? OptionalInt.of(i) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    private Span end(int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = source.text().indexOf('\n', start) + 1;
        }
        int end = start + source.lineText(line).stripTrailing().length();
        return new Span(source, end, end);
    }

    private int line(Token token) {
        return source.line(token.getStartIndex());
    }

    private int indent(int line) {
        String text = source.lineText(line);
        return text.length() - text.stripLeading().length();
    }
}
