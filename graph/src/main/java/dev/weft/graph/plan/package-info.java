/**
 * Memory: where every stored tensor and every transient value of a program's entries lives.
 *
 * <p>In: a {@link dev.weft.graph.Program} and a {@link dev.weft.graph.schedule.Schedule} of each entry that shares its stored
 * tensors. Out: slabs, one arena, and for each entry its steps with the place of each input and output.
 *
 * <p>Not here: allocation, and running (backends).
 */
@NullMarked
package dev.weft.graph.plan;

import org.jspecify.annotations.NullMarked;
