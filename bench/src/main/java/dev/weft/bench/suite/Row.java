package dev.weft.bench.suite;

import java.util.List;

/** A line of the suite. */
sealed interface Row
        permits TurnRow, PieceRow, SamplesRow, BestRow, CommandRow, RecipeRow, TokenizerRow, CompressionRow {

    /** By which {@code --only} knows it. */
    String name();

    /** What is done. */
    String title();

    /** What it must reach. */
    List<Target> targets();

    /** Does it. What cannot be done here is said in the result. */
    Result run(Bench bench);
}
