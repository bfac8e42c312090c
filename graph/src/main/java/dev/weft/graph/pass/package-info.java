/**
 * What a pass is and how passes follow each other. A {@link dev.weft.graph.pass.Pass} makes one program of another; a
 * {@link dev.weft.graph.pass.Pipeline} is a named list of them that also counts, times, and shows every program in between.
 *
 * <p>Each pass has a package of its own below this one. Derivatives are a pass too, in {@code dev.weft.autodiff}. Not here: fusion and
 * memory, which are laid over the finished graph without changing it.
 */
package dev.weft.graph.pass;
