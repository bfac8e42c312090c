package dev.weft.models.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something to read, any number of times.
 *
 * @param origin where it is, for messages
 * @param name its ending says what it is
 * @param named whether a person named it: it must be text then, others are skipped if they are not
 * @param opener of its bytes
 * @param file where these bytes are a file, that file
 */
record Item(
        String origin,
        String name,
        boolean named,
        Opener opener,
        @Nullable Path file) {

    /** Opens a stream from the first byte. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }
}
