/**
 * What {@code weft check --lint} warns of: the warnings of the text ({@code dsl.lint}), and those that are found by trying with small
 * sizes, parameters that no gradient reaches and later tokens that change earlier logits.
 *
 * <p>In: a checked {@link dev.weft.models.Program}. Out: warnings with their places, and sentences about what could not be looked at.
 * Not here: errors, which the checks of the language find for all sizes.
 */
@NullMarked
package dev.weft.models.lint;

import org.jspecify.annotations.NullMarked;
