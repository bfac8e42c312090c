/**
 * What the bundle for a machine with a GPU runs there ({@code tools/gpu-bundle} packs it): is there a GPU, do its calls do what they say, does the backend conform, does it
 * train as the reference and as PyTorch do, how fast is it. {@link dev.weft.bench.bundle.BundleRun} is the way in.
 *
 * <p>In comes the name of a part, out go a line for each step and an archive of logs. Each step is a process of its own with a time limit.
 *
 * <p>Not here: what is timed and beside whom ({@code dev.weft.bench.suite}), the conformance kit, single calls and the bits of single functions
 * ({@code dev.weft.backend.cuda.calibration}).
 */
package dev.weft.bench.bundle;
