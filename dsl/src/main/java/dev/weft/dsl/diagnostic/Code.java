package dev.weft.dsl.diagnostic;

import java.util.Optional;

/** The kinds of diagnostics. Numbers are stable; W01 is about text, W02 names, W03 calls, W04 types, W05 sizes, W06 storage, W07 control. */
public enum Code {
    SYNTAX("W0101", "the text does not follow the grammar"),
    UNKNOWN_IMPORT("W0201", "an import names nothing that can be found"),
    IMPORT_CYCLE("W0202", "an import leads back to itself");

    private final String id;
    private final String title;

    Code(String id, String title) {
        this.id = id;
        this.title = title;
    }

    public String id() {
        return id;
    }

    /** What all diagnostics of this kind have in common. */
    public String title() {
        return title;
    }

    public static Optional<Code> of(String id) {
        for (Code code : values()) {
            if (code.id.equalsIgnoreCase(id)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return id;
    }
}
