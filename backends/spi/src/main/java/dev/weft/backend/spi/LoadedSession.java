package dev.weft.backend.spi;

/**
 * A session of a program that was compiled before.
 *
 * @param signature names and types, as the program had them
 */
public record LoadedSession(Session session, Signature signature) {}
