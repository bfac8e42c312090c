package dev.weft.dsl.diagnostic;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Diagnostics as text for people.
 *
 * <pre>
 * error[W0203]: name widht: is not declared here
 *   --> gpt.weft:12:25
 *    |
 * 12 |     qkv: nn.Linear(widht, 3 * width)
 *    |                    ^^^^^
 *    = help: did you mean width?
 * </pre>
 */
public final class Rendering {

    private Rendering() {}

    public static String text(List<Diagnostic> diagnostics) {
        StringBuilder text = new StringBuilder();
        for (Diagnostic diagnostic : diagnostics) {
            text.append(text(diagnostic)).append('\n');
        }
        return text.toString();
    }

    public static String text(Diagnostic diagnostic) {
        StringBuilder text = new StringBuilder();
        text.append(diagnostic.severity()).append('[').append(diagnostic.code()).append("]: ");
        text.append(diagnostic.message()).append('\n');
        int gutter = gutter(diagnostic);
        place(text, diagnostic.span(), "^", "", gutter, true);
        for (Diagnostic.Note note : diagnostic.notes()) {
            boolean sameSource = note.span().source().equals(diagnostic.span().source());
            place(text, note.span(), "-", " " + note.text(), gutter, !sameSource);
        }
        Diagnostic.@Nullable Remedy remedy = diagnostic.remedy();
        if (remedy != null) {
            text.append(" ".repeat(gutter))
                    .append(" = help: ")
                    .append(remedy.text())
                    .append('\n');
        }
        return text.toString();
    }

    private static int gutter(Diagnostic diagnostic) {
        int line = diagnostic.span().line();
        for (Diagnostic.Note note : diagnostic.notes()) {
            line = Math.max(line, note.span().line());
        }
        return String.valueOf(line).length();
    }

    private static void place(StringBuilder text, Span span, String mark, String label, int gutter, boolean withPlace) {
        String margin = " ".repeat(gutter);
        if (withPlace) {
            text.append(margin).append("--> ").append(span).append('\n');
            text.append(margin).append(" |\n");
        }
        Source source = span.source();
        String line = source.lineText(span.line());
        int column = span.column() - 1;
        int length = Math.max(1, Math.min(span.end() - span.start(), line.length() - column));
        text.append(("%" + gutter + "d").formatted(span.line()))
                .append(" | ")
                .append(line)
                .append('\n');
        text.append(margin)
                .append(" | ")
                .append(indent(line, column))
                .append(mark.repeat(length))
                .append(label);
        text.append('\n');
    }

    /** As wide as what stands before the column, tabs included. */
    private static String indent(String line, int column) {
        StringBuilder indent = new StringBuilder();
        for (int i = 0; i < column; i++) {
            indent.append(i < line.length() && line.charAt(i) == '\t' ? '\t' : ' ');
        }
        return indent.toString();
    }
}
