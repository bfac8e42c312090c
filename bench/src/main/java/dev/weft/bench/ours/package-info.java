/**
 * Weft as a side of the suite, through its public API alone: what a user's program would do.
 *
 * <p>In comes an {@code Opening}, out go steps. Not here: how sides are timed and talked to ({@code dev.weft.bench.protocol}).
 */
package dev.weft.bench.ours;
