/**
 * Single kernels at GPT-2's sizes, timed with JMH: each benchmark is a function of a small program, compiled as any other. {@code
 * bench/kernels/run} starts them.
 *
 * <p>Not here: whole steps beside peers, which are {@code bench}'s.
 */
@NullMarked
package dev.weft.kernels;

import org.jspecify.annotations.NullMarked;
