/**
 * Tensors in files: {@code .npy} and {@code .safetensors}, read through memory maps and written atomically.
 *
 * <p>Both ways a tensor is a {@link dev.weft.models.tensorfile.Tensor}: a {@code TensorType} and a {@code MemorySegment} of
 * row-major, little-endian elements. A file from a stranger is data: whatever it claims is checked against its size before
 * anything is reserved.
 *
 * <p>Not here: which tensors a model wants ({@code dev.weft.models.run}, {@code dev.weft.models.names}).
 */
package dev.weft.models.tensorfile;
