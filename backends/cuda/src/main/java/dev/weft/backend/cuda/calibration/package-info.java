/**
 * Whether a device does what the backend relies on: every kind of call, and every function of the prelude and those of CUDA that kernels call, on
 * 256 numbers each, beside the bits that their twins gave on a processor. Those are in {@code calibration.txt}; a test makes them on the host
 * device.
 *
 * <p>In comes a {@link dev.weft.backend.cuda.device.Device}, out go sentences. Not here: whole kernels, which the conformance kit proves.
 */
package dev.weft.backend.cuda.calibration;
