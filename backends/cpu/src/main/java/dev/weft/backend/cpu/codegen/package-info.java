/**
 * From values to LLVM IR. In come the values of a region and what must be stored of them; out come kernels: IR text, the
 * memory it refers to, and how its work divides into units.
 *
 * <p>A region becomes a list of loop nests ({@link dev.weft.graph.nest.Nest}), in which each value is asked for at symbolic positions.
 * Emission goes through the values once, operands first ({@link dev.weft.backend.cpu.codegen.NestCompiler}). Loops are scalar; LLVM
 * widens them. Transcendental functions are branch-free text ({@link dev.weft.backend.cpu.codegen.MathFunctions}), so they are widened
 * too.
 *
 * <p>Not here: the loops themselves ({@code dev.weft.graph.nest}), matrix products on tiles ({@code kernel}), compiling the text
 * ({@code nativelib}), running it ({@code runtime}).
 */
package dev.weft.backend.cpu.codegen;
