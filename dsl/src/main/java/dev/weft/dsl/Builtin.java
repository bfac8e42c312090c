package dev.weft.dsl;

import java.util.Locale;
import java.util.Optional;

/** The functions of the language itself; everything else is written in it. What each does is in docs/language.md. */
public enum Builtin {
    // elementwise, on tensors, trees and constants
    EXP, LOG, SQRT, TANH, ERF, SIN, COS, ABS, FLOOR, ROUND, SIGN,
    MAXIMUM, MINIMUM, WHERE, STOP_GRADIENT,
    // casts
    F32, I32, BOOL, BF16, F16, F64, I64, I8, U8,
    // reductions
    SUM, MEAN, MAX, MIN, ARGMAX, CUMSUM,
    // movement
    CONCAT, PAD, REVERSE,
    // creation
    IOTA, RANDOM, RANDOM_LIKE, NORMAL, UNIFORM,
    // known while compiling
    SIZE, RANK, PATH, KNOWN_ZERO, LEN, RANGE, ZIP, PARAMS;

    /** As it is called. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Builtin> of(String name) {
        for (Builtin builtin : values()) {
            if (builtin.text().equals(name)) {
                return Optional.of(builtin);
            }
        }
        return Optional.empty();
    }
}
