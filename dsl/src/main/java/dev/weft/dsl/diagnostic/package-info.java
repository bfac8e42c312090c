/**
 * What is wrong with a program, for its author.
 *
 * <p>In: findings of {@code parse} and {@code check}. Out: text and JSON. Not here: deciding what is wrong.
 */
@NullMarked
package dev.weft.dsl.diagnostic;

import org.jspecify.annotations.NullMarked;
