/**
 * The ops: one record in one file each, with operands and attributes as components, the invariants in the constructor, the
 * type rule, the reference meaning as plain loops and the formula in the doc.
 *
 * <p>{@link dev.weft.graph.op.Op} is sealed: {@link dev.weft.graph.op.Primitive} computes,
 * {@link dev.weft.graph.op.Call} and {@link dev.weft.graph.op.Grad} refer to functions and are removed by passes. Nothing
 * fused is an op. Everything that can be derived from the record's components (operands, attributes, printing, parsing,
 * rebuilding on other operands) is derived by {@link dev.weft.graph.op.OpSchema}.
 *
 * <p>Not here: derivatives ({@code dev.weft.autodiff}), fusion ({@code dev.weft.graph.schedule}), kernels (backends).
 */
package dev.weft.graph.op;
