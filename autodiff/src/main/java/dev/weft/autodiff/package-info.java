/**
 * Reverse-mode differentiation: the pass that removes {@code grad} from a program.
 *
 * <p>{@link dev.weft.autodiff.Derivatives} is the table of calculus, one row an op, and the only place that knows a derivative.
 * {@link dev.weft.autodiff.Sweep} walks a function backwards and adds up what the rows give.
 * {@link dev.weft.autodiff.Differentiate} does that for every {@code grad} of a program, innermost first, and leaves calls of the
 * new functions in their place.
 *
 * <p>Not here: what is kept for the backward pass and what is computed again, which the schedule decides; simplification of the
 * result, which is the canonical pass's work.
 */
@NullMarked
package dev.weft.autodiff;

import org.jspecify.annotations.NullMarked;
