/**
 * Fusion as a partition: an ordered list of regions over one flat graph, which stays as it is.
 *
 * <p>In: a {@link dev.weft.graph.Graph} without calls and gradients, and a {@link dev.weft.graph.schedule.FusionModel}, which is
 * plain data a backend hands over. Out: a {@link dev.weft.graph.schedule.Schedule} of {@link dev.weft.graph.schedule.Region}s
 * in an order in which they can run, with a reason for every fusion not made. Each region is one kernel;
 * {@link dev.weft.graph.schedule.RegionText} says which regions are the same kernel. A region with parts does one thing to many tensors.
 *
 * <p>For code generators: {@link dev.weft.graph.schedule.MapLayout} says how the values of a map region move with its iteration
 * space, {@link dev.weft.graph.schedule.Access} how an operand is read, {@link dev.weft.graph.schedule.StridedView} when a chain
 * of movement is only strides.
 *
 * <p>Not here: where values live in memory ({@code dev.weft.graph.plan}), and kernels (backends). Nothing here knows a backend,
 * a layer or a model.
 */
@NullMarked
package dev.weft.graph.schedule;

import org.jspecify.annotations.NullMarked;
