/**
 * The CUDA backend: a program becomes one graph of the device for each entry. In comes a {@link dev.weft.graph.Program}; out come sessions.
 *
 * <p>A program is scheduled and planned as for every backend, its regions become launches ({@code region}) of generated kernels
 * ({@code codegen}) and products, and these are recorded once and replayed ({@code runtime}). Everything that is asked of the GPU goes
 * through one interface ({@code device}).
 */
package dev.weft.backend.cuda;
