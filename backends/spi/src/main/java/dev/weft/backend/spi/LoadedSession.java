package dev.weft.backend.spi;

import dev.weft.graph.Program;

/**
 * A session of a program that was compiled before.
 *
 * @param program with the names and types that it had; its functions give zeros, see {@link Signature#program}
 */
public record LoadedSession(Session session, Program program) {}
