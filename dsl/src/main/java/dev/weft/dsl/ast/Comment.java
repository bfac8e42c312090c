package dev.weft.dsl.ast;

/** A comment where it is written, with its {@code //}. */
public record Comment(Span span) {}
