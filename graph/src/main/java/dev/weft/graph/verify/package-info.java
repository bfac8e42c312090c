/**
 * Whether a program is well formed. In comes a program and the name of the pass that made it, out comes nothing, or a failure that
 * names the pass and the value.
 *
 * <p>Not here: whether a program means what it should. That is found by evaluating it.
 */
package dev.weft.graph.verify;
