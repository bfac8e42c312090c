/**
 * The suite: which work is timed ({@link dev.weft.bench.suite.Rows}), on which sides, in which order, against which targets; and what is
 * told of it: words, JSON, a chart, the tables of {@code docs/performance.md}. {@link dev.weft.bench.suite.Suite} is the way in.
 *
 * <p>In come options, out go {@link dev.weft.bench.suite.Result}s. Every side has a process of its own; this one only waits while they
 * work.
 *
 * <p>Not here: what a side does in a step ({@code dev.weft.bench.ours}, {@code dev.weft.bench.torch}, {@code bench/peers}).
 */
package dev.weft.bench.suite;
