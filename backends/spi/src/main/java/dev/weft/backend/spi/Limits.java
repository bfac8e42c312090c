package dev.weft.backend.spi;

/**
 * What a machine can do at best, measured on all threads of a backend together: what figures of kernels are compared with.
 *
 * @param f32Flops floating-point operations a second in products of f32 matrices
 * @param bf16Flops the same for bf16; 0 if it has none
 * @param readBytes bytes a second that can be read from memory
 */
public record Limits(double f32Flops, double bf16Flops, double readBytes) {}
