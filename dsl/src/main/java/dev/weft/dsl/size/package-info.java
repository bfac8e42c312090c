/**
 * Sizes before they are numbers.
 *
 * <p>In: arithmetic of int constants and call sizes, and what {@code where} says of them. Out: equal, different or not known; the exact
 * quotient. Not here: tensors, and which sizes must be equal ({@code check}).
 */
@NullMarked
package dev.weft.dsl.size;

import org.jspecify.annotations.NullMarked;
