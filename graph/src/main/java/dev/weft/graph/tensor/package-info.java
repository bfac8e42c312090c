/**
 * Tensors of plain doubles in row-major order: what the reference meaning of the ops and the interpreter compute with. Slow and
 * obvious; backends have their own memory.
 */
package dev.weft.graph.tensor;
