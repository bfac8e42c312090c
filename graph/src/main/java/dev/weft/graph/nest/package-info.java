/**
 * The loops of a region. In come the values of a region and what must be stored of them; out comes a
 * {@link dev.weft.graph.nest.Nest}: rows, passes over the points of each row, and roots, which are what it stores and reduces.
 *
 * <p>Each value is asked for at symbolic positions ({@link dev.weft.graph.nest.Index}): movement ops only rewrite positions, so that
 * no intermediate tensor exists; loops are split until every index is affine in them ({@link dev.weft.graph.nest.Demands}). A backend
 * walks the {@link dev.weft.graph.nest.Node}s, operands first, and writes each in its own language.
 *
 * <p>Not here: which values make a region ({@code schedule}), and any language of kernels, which are the backends'.
 */
package dev.weft.graph.nest;
