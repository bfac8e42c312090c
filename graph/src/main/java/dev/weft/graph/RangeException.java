package dev.weft.graph;

/**
 * A value that was chosen for a call or on a command line is outside of its range, or of another kind; the message says which, what must hold
 * and what was got. What is wrong in a file is a plain {@link UserException}. Exit code 2, as of every command line that is wrong.
 */
public final class RangeException extends UserException {
    private static final long serialVersionUID = 1L;

    public RangeException(String message) {
        super(message);
    }
}
