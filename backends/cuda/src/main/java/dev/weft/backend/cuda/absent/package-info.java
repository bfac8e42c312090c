/**
 * A device that is only described. {@link dev.weft.backend.cuda.absent.NullDevice} takes everything that a GPU would be told, runs nothing,
 * and checks it: parameters against the compiled kernels, launches against the device's limits, addresses against what was allocated,
 * streams and events against each other, and that what is recorded as a graph may be. It counts what it was told.
 *
 * <p>In come calls of {@link dev.weft.backend.cuda.device.Device}, out go {@link dev.weft.backend.cuda.absent.Counts}, or a
 * {@link dev.weft.graph.DefectException} that says which call was wrong. Not here: whether kernels compute what they should, which the
 * {@code host} device shows.
 */
package dev.weft.backend.cuda.absent;
