package dev.weft.backend.spi.executable;

import org.jspecify.annotations.Nullable;

/** Bytes that are not what this version writes. */
public final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreadable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
