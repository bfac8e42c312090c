package dev.weft.dsl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The functions of the language itself; everything else is written in it. What each does is in docs/language.md. */
public enum Builtin {
    // elementwise, on tensors, trees and constants
    EXP(1, "x"),
    LOG(1, "x"),
    SQRT(1, "x"),
    TANH(1, "x"),
    ERF(1, "x"),
    SIN(1, "x"),
    COS(1, "x"),
    ABS(1, "x"),
    FLOOR(1, "x"),
    ROUND(1, "x"),
    SIGN(1, "x"),
    MAXIMUM(2, "a", "b"),
    MINIMUM(2, "a", "b"),
    WHERE(3, "condition", "a", "b"),
    STOP_GRADIENT(1, "x"),
    // casts
    F32(1, "x"),
    I32(1, "x"),
    BOOL(1, "x"),
    BF16(1, "x"),
    F16(1, "x"),
    F64(1, "x"),
    I64(1, "x"),
    I8(1, "x"),
    U8(1, "x"),
    // reductions
    SUM(1, "x", "axis"),
    MEAN(1, "x", "axis"),
    MAX(1, "x", "axis"),
    MIN(1, "x", "axis"),
    ARGMAX(2, "x", "axis"),
    CUMSUM(2, "x", "axis"),
    // movement
    CONCAT(2, "parts", "axis"),
    PAD(4, "x", "axis", "before", "after", "value"),
    REVERSE(2, "x", "axis"),
    // creation
    IOTA(1, "n"),
    /** Any number of sizes. */
    ZEROS(0),
    /** Any number of sizes. */
    RANDOM(0),
    RANDOM_LIKE(1, "x"),
    NORMAL(1, "std"),
    UNIFORM(2, "low", "high"),
    // known while compiling
    SIZE(2, "x", "axis"),
    RANK(1, "x"),
    PATH(1, "w"),
    KNOWN_ZERO(1, "x"),
    LEN(1, "list"),
    /** One bound or two. */
    RANGE(1, "from", "to"),
    /** Any number of things to walk together. */
    ZIP(0),
    PARAMS(1, "instance"),
    STATES(1, "instance");

    private final int required;
    private final List<String> parameters;

    Builtin(int required, String... parameters) {
        this.required = required;
        this.parameters = List.of(parameters);
    }

    /** As it is called. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How many of the parameters have no default. */
    public int required() {
        return required;
    }

    /** The names of its parameters, by which arguments may be given; none where any number is taken. */
    public List<String> parameters() {
        return parameters;
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
