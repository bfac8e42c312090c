/**
 * Lowering: a checked syntax tree with all sizes bound to numbers becomes graphs, by evaluating it.
 *
 * <p>In: a {@link dev.weft.dsl.LowerRequest}. Out: a {@code dev.weft.graph.Program}. {@code Parts} builds the instances,
 * {@code Entries} traces each entry with an {@code Evaluator}: what is known while compiling is computed ({@code Constants}), what is a
 * tensor becomes a value of a {@code Trace}. A call of a function or a layer becomes a {@code call} of a graph function that all equal
 * layers share ({@code Functions}); a gradient becomes a {@code grad} ({@code Gradients}).
 *
 * <p>Not here: proofs about sizes ({@code dev.weft.dsl.check}), derivatives ({@code dev.weft.autodiff}), inlining and any optimization
 * ({@code dev.weft.graph}).
 */
@NullMarked
package dev.weft.dsl.lower;

import org.jspecify.annotations.NullMarked;
