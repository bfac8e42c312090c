/**
 * The element type that weights are held in, for programs that only read them. Comes on flat, canonical graphs, before
 * {@link dev.weft.graph.pass.precision}.
 *
 * <p>In comes a program with f32 params, out goes one of the same entries in which the matrices that products and lookups read are
 * stored in bf16 or in i8 with scales. {@code Weights} is the pass, {@code WeightUses} finds what it may replace and says why not for
 * the rest, {@code HeldMatrix} is what stands in place of a param, {@code Quantization} the arithmetic of numbers in i8. Not here: how a
 * backend multiplies such matrices; whoever reads f32 files and fills the stored tensors.
 */
package dev.weft.graph.pass.weights;
