package dev.weft.models;

/** What is wanted of each {@link Token} besides its id. */
public enum Detail {
    NOTHING,
    /** How likely it was, which takes a pass over the vocabulary. */
    PROBABILITY,
    /** Why it could be drawn, which takes some more. */
    REASONS
}
