/**
 * Checks names, calls, element types and sizes, once for all values of the constants.
 *
 * <p>In: a {@link dev.weft.dsl.Module}. Out: diagnostics; none means that lowering succeeds for every binding that satisfies
 * {@code where}. Not here: arithmetic of sizes ({@code size}), numbers ({@code lower}).
 */
@NullMarked
package dev.weft.dsl.check;

import org.jspecify.annotations.NullMarked;
