package dev.weft.dsl.diagnostic;

import dev.weft.dsl.ast.Span;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Diagnostics as JSON, for editors and scripts: a list of objects with {@code code severity message span notes remedy}. A span has
 * {@code file line column endLine endColumn}, from 1, the end excluded; a remedy has {@code text} and, where it is an edit,
 * {@code span} and {@code replacement}. docs/reference/errors.md promises this form; fields may be added.
 */
public final class Json {

    private Json() {}

    public static String of(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(Json::of).collect(Collectors.joining(",", "[", "]"));
    }

    private static String of(Diagnostic diagnostic) {
        String notes = diagnostic.notes().stream()
                .map(note -> "{" + span(note.span()) + ",\"text\":" + quote(note.text()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
        return "{\"code\":" + quote(diagnostic.code().id())
                + ",\"severity\":" + quote(diagnostic.severity().toString())
                + ",\"message\":" + quote(diagnostic.message())
                + "," + span(diagnostic.span())
                + ",\"notes\":" + notes
                + ",\"remedy\":" + remedy(diagnostic.remedy()) + "}";
    }

    private static String remedy(Diagnostic.@Nullable Remedy remedy) {
        if (remedy == null) {
            return "null";
        }
        Span replaced = remedy.replaced();
        String edit = replaced == null ? "" : "," + span(replaced) + ",\"replacement\":" + quote(remedy.replacement());
        return "{\"text\":" + quote(remedy.text()) + edit + "}";
    }

    private static String span(Span span) {
        int endLine = span.source().line(span.end());
        int endColumn = span.source().column(span.end());
        return "\"span\":{\"file\":" + quote(span.source().name())
                + ",\"line\":" + span.line() + ",\"column\":" + span.column()
                + ",\"endLine\":" + endLine + ",\"endColumn\":" + endColumn + "}";
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }
}
