package dev.weft.dsl.ast;

import org.jspecify.annotations.Nullable;

/** One item between the brackets of {@code x[…]}; from left to right each but {@link NewAxis} consumes an axis. */
public sealed interface IndexItem {

    Span span();

    /** A constant position, which removes the axis; or, as the only item, an i32 tensor, which looks rows up. */
    record At(Span span, Expr index) implements IndexItem {}

    /** {@code start:stop:step} with constant bounds; what is missing is 0, the size, and 1. Negative bounds count from the end. */
    record Range(
            Span span,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step) implements IndexItem {}

    /** {@code start ..+ length}: a run-time i32 scalar start and a constant length. */
    record Window(Span span, Expr start, Expr length) implements IndexItem {}

    /** {@code _}: a new axis of size 1. */
    record NewAxis(Span span) implements IndexItem {}

    /** {@code ...}: all axes that the other items leave. */
    record Ellipsis(Span span) implements IndexItem {}
}
