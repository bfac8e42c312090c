/**
 * What a backend must pass, and what the tests of other parts are built from.
 *
 * <p>{@link dev.weft.backend.testkit.OpSamples} is a table with samples of every op: an op without a row fails a test.
 * {@link dev.weft.backend.testkit.GraphGenerator} makes seeded random graphs, {@link dev.weft.backend.testkit.GradientCheck}
 * compares gradients with finite differences, {@link dev.weft.backend.testkit.MeaningCheck} names the first pass that changes a result, and {@link dev.weft.backend.testkit.Agreement} says when two tensors agree.
 *
 * <p>Not here: the meaning of the ops ({@code dev.weft.graph.op}), which is the reference that everything is compared with.
 */
@NullMarked
package dev.weft.backend.testkit;

import org.jspecify.annotations.NullMarked;
