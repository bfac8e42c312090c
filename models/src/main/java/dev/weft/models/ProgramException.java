package dev.weft.models;

import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.UserException;
import java.util.List;

/** A program that does not pass the checks. */
public final class ProgramException extends UserException {
    private static final long serialVersionUID = 1L;

    private final transient List<Diagnostic> diagnostics;

    /** @param diagnostics at least one, in order of place */
    public ProgramException(String file, List<Diagnostic> diagnostics) {
        super(file + ": does not pass the checks, with " + diagnostics.size()
                + (diagnostics.size() == 1 ? " finding: " : " findings; the first: ")
                + diagnostics.getFirst().message());
        this.diagnostics = List.copyOf(diagnostics);
    }

    /** What was found, in order of place. */
    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }
}
