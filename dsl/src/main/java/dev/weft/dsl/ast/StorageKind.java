package dev.weft.dsl.ast;

/** Who writes a stored tensor, and where it is kept. */
public enum StorageKind {
    /** Written by optimizers, in checkpoints. */
    PARAM("param"),
    /** Written at initialization only. */
    BUFFER("buffer"),
    /** Written by {@code :=}, in the checkpoints of a run. */
    STATE("state"),
    /** Written by {@code :=}, one for each session, never saved. */
    CACHE("state cache");

    private final String text;

    StorageKind(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
