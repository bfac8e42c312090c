package dev.weft.graph;

import org.jspecify.annotations.Nullable;

/** The user's program, data or request is wrong; the message says what must hold, what was got, and what to do. Exit code 1. */
public class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
