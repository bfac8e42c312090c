/**
 * What is allowed and hardly ever meant: something declared and never read, a value computed and dropped.
 *
 * <p>In: a {@link dev.weft.dsl.Module} that passes the checks. Out: warnings about that file, not about what it imports. Not here: what
 * needs a graph and numbers, parameters that no gradient reaches and later tokens that change earlier logits ({@code models}).
 */
@NullMarked
package dev.weft.dsl.lint;

import org.jspecify.annotations.NullMarked;
