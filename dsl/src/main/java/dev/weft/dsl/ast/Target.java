package dev.weft.dsl.ast;

import java.util.List;

/** What stands left of {@code =}, or between {@code for} and {@code in}. */
public sealed interface Target {

    Span span();

    record One(Span span, String name) implements Target {}

    record Several(Span span, List<Target> items) implements Target {
        public Several {
            items = List.copyOf(items);
        }
    }
}
