/**
 * Weft beside its peers: one machine, one run, in turns, the losses of both compared. {@link dev.weft.bench.NanoGpt} trains nanoGPT's
 * recipe for a CPU in Weft and in libtorch.
 *
 * <p>Not here: what only libtorch does ({@code dev.weft.bench.torch}), and the comparisons of every primitive and program with
 * libtorch, which are tests.
 */
package dev.weft.bench;
