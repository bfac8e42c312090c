package dev.weft.graph.op;

/** An op that computes each element of its result from the elements at the same index of its operands, all of one shape. */
public sealed interface Elementwise extends Primitive permits Unary, Binary, Select, Cast {}
