package dev.weft.bench.suite;

/** A line of the suite. */
sealed interface Row permits TurnRow, CommandRow, RecipeRow {

    /** By which {@code --only} knows it. */
    String name();

    /** What is done. */
    String title();

    /** Does it. What cannot be done here is said in the result. */
    Result run(Bench bench);
}
