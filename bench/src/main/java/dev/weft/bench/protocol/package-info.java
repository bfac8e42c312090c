/**
 * How the suite talks with the sides that it times: a process each, a line of JSON in, a line of JSON out. A side may be ours, libtorch,
 * PyTorch's wheel or a command of the user; all speak the same. {@link dev.weft.bench.protocol.SideProcess} is the suite's end,
 * {@link dev.weft.bench.protocol.SideServer} that of a side written in Java. README shows the lines.
 *
 * <p>In come work and numbers of steps, out go milliseconds and losses.
 *
 * <p>Not here: what a step computes ({@code dev.weft.bench.ours}, {@code dev.weft.bench.torch}) and what is timed in which order
 * ({@code dev.weft.bench.suite}).
 */
package dev.weft.bench.protocol;
