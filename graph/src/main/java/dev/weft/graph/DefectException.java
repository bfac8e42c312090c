package dev.weft.graph;

import org.jspecify.annotations.Nullable;

/** Weft itself is wrong. Exit code 4, with a file to attach to a report. */
public class DefectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DefectException(String message) {
        super(message);
    }

    public DefectException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
