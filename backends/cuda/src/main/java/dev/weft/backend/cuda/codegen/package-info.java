/**
 * From values to CUDA C++. In come the values of a region and what must be stored of them; out come
 * {@link dev.weft.backend.cuda.codegen.Kernel}s: text, the memory it refers to, and how many threads run it.
 *
 * <p>Kernels are written from the loops that all backends share ({@link dev.weft.graph.nest.Nest}), operands first
 * ({@link dev.weft.backend.cuda.codegen.NodeText}). They include no headers: two files of text stand before them, one with the few things
 * that differ between processors, one with what is the same on all.
 *
 * <p>Stream regions go by tiles ({@link dev.weft.backend.cuda.codegen.StreamKernels}): what a kernel does is a {@code StreamTask}, how large its
 * tiles are a {@code TilePlan}, which thread has which element a matter of {@code Fragments}; {@code TileKernel} writes it.
 *
 * <p>Not here: compiling the text ({@code device}, {@code nativelib}), launching it ({@code runtime}).
 */
package dev.weft.backend.cuda.codegen;
