package dev.weft.dsl.ast;

/** A name where it is written. */
public record Identifier(Span span, String text) {

    @Override
    public String toString() {
        return text;
    }
}
