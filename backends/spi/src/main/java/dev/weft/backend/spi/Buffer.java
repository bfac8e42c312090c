package dev.weft.backend.spi;

import dev.weft.graph.type.TensorType;

/** A tensor in a session's memory. Opaque: {@link Session#read} and {@link Session#write} move its elements. */
public interface Buffer extends AutoCloseable {

    TensorType type();

    /** Gives the memory back early; otherwise the session does. May be called again. */
    @Override
    void close();
}
