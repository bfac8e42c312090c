package dev.weft.backend.spi.executable;

import org.jspecify.annotations.Nullable;

/** Something that cannot be written as bytes; then nothing is kept, and nothing is lost. */
public final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unwritable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
