/**
 * The edge to NVIDIA's libraries, called through {@code java.lang.foreign}: the driver (memory, streams, graphs, kernels), NVRTC (kernel
 * text in, cubin out) and cuBLASLt (products).
 *
 * <p>{@link dev.weft.backend.cuda.nativelib.Availability} says whether this machine has them, {@link dev.weft.backend.cuda.nativelib.DriverDevice}
 * is the device made of them, {@link dev.weft.backend.cuda.nativelib.Nvrtc} its compiler and {@link dev.weft.backend.cuda.nativelib.Cubin} a
 * reader of what that compiles. Every function is looked up before any is called, and every status is checked, with what was being done:
 * what a machine lacks is a sentence. Constants and layouts are those of CUDA 13.0's headers.
 *
 * <p>Not here: what kernels say ({@code codegen}), and what runs when ({@code runtime}).
 */
package dev.weft.backend.cuda.nativelib;
