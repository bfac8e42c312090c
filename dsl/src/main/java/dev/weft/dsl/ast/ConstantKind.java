package dev.weft.dsl.ast;

import java.util.Locale;

/** What a parameter known while compiling is; the last two are the instances that optimizers and programs are generic in. */
public enum ConstantKind {
    INT,
    FLOAT,
    BOOL,
    MODEL,
    OPTIMIZER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
