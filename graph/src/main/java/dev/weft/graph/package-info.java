/**
 * The graph: values, graphs, programs, their provenance and their text form.
 *
 * <p>A {@link dev.weft.graph.Program} is named functions ({@link dev.weft.graph.Graph}), entries and stored tensors. A graph
 * is immutable; its {@link dev.weft.graph.Value}s are interned, so equal ops on equal operands are one value. Ops live in
 * {@link dev.weft.graph.op}, types in {@link dev.weft.graph.type}.
 *
 * <p>Nothing here knows the language ({@code dev.weft.dsl}), derivatives ({@code dev.weft.autodiff}) or a backend.
 */
package dev.weft.graph;
