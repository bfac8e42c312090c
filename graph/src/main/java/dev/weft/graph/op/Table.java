package dev.weft.graph.op;

/**
 * An op that reads or writes at places that are data. An index outside is the user's mistake and stops the run with a sentence;
 * nothing is clamped.
 */
public sealed interface Table extends Primitive permits Gather, ScatterAdd, DynamicSlice, DynamicUpdate {}
