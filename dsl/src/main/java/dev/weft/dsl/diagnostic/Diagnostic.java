package dev.weft.dsl.diagnostic;

import dev.weft.dsl.ast.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong with a program, for its author.
 *
 * @param code stable; {@code weft explain} tells more about it
 * @param message subject first, what must hold, what was got
 * @param span where
 * @param notes other places that matter, and where what was got comes from
 * @param remedy what to do
 */
public record Diagnostic(
        Code code,
        Severity severity,
        String message,
        Span span,
        List<Note> notes,
        @Nullable Remedy remedy) {

    public Diagnostic {
        notes = List.copyOf(notes);
    }

    public static Diagnostic error(Code code, Span span, String message) {
        return new Diagnostic(code, Severity.ERROR, message, span, List.of(), null);
    }

    public static Diagnostic warning(Code code, Span span, String message) {
        return new Diagnostic(code, Severity.WARNING, message, span, List.of(), null);
    }

    public Diagnostic note(Span at, String text) {
        List<Note> more = new ArrayList<>(notes);
        more.add(new Note(at, text));
        return new Diagnostic(code, severity, message, span, more, remedy);
    }

    /** A remedy in words. */
    public Diagnostic help(String text) {
        return new Diagnostic(code, severity, message, span, notes, new Remedy(text, null, ""));
    }

    /** A remedy that is an edit: {@code replaced} becomes {@code replacement}. */
    public Diagnostic help(String text, Span replaced, String replacement) {
        return new Diagnostic(code, severity, message, span, notes, new Remedy(text, replaced, replacement));
    }

    /** With a remedy that is an edit left as words: one that was not seen to compile is not offered. */
    public Diagnostic inWords() {
        return remedy == null || remedy.replaced() == null ? this : help(remedy.text());
    }

    /** A place and what it has to do with the matter. */
    public record Note(Span span, String text) {}

    /**
     * @param replaced the text to replace, or null where no edit can be given
     */
    public record Remedy(String text, @Nullable Span replaced, String replacement) {

        /** The source with the edit made; only where there is one. */
        public String apply(String text) {
            if (replaced == null) {
                throw new IllegalStateException("remedy: no edit");
            }
            return text.substring(0, replaced.start()) + replacement + text.substring(replaced.end());
        }
    }
}
