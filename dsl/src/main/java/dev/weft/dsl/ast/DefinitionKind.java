package dev.weft.dsl.ast;

import java.util.Locale;

public enum DefinitionKind {
    MODEL,
    OPTIMIZER,
    PROGRAM;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
