/**
 * From regions to work: which kernels and matrix products a region of a schedule becomes.
 *
 * <p>In comes a {@link dev.weft.graph.schedule.Region}, out goes a list of {@link dev.weft.backend.cpu.kernel.Work}: generated
 * kernels ({@code codegen}) and products on tiles ({@link dev.weft.backend.cpu.kernel.Product}). Where values lie in memory and who
 * runs the work is not here, but in the session.
 */
package dev.weft.backend.cpu.kernel;
