/**
 * What the backend asks of a device: memory, streams, graphs, kernels, products. In come addresses and handles, which are numbers that
 * only the device that gave them understands; 0 is none.
 *
 * <p>{@link dev.weft.backend.cuda.device.Device} has three implementations: {@code nativelib} is the GPU, {@code host} runs the same kernel
 * text on the processor, {@code absent} is a device that is only described and checks what it is told.
 *
 * <p>Not here: what kernels say ({@code codegen}), and when they run ({@code runtime}).
 */
package dev.weft.backend.cuda.device;
