/**
 * The interpreter: runs a program op by op, by the ops' own reference meaning. Slow and obvious; the oracle for everything else. In
 * comes a {@link dev.weft.graph.Program} (calls allowed, {@code grad} not) and tensors by name, out go tensors by name.
 */
package dev.weft.graph.interpret;
