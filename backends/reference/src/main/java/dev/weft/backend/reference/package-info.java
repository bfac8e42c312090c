/**
 * The backend that interprets: every op by its own reference meaning, on every machine, slowly. It is what the others are compared
 * with. In comes a {@link dev.weft.graph.Program} without calls; a session holds the stored tensors as plain doubles.
 *
 * <p>Not here: the meaning of the ops ({@code dev.weft.graph.op}) and the interpreter ({@code dev.weft.graph.interpret}).
 */
package dev.weft.backend.reference;
