/**
 * The canonical form: local rules, each cheap and each a class of its own, that make equal things look equal and drop what does
 * nothing. In comes a program whose derivatives have been taken, out goes one of the same meaning; no later stage needs it for
 * correctness. {@link dev.weft.graph.pass.canonical.Canonical#RULES} is the table of contents.
 *
 * <p>Not here: the driver ({@code dev.weft.graph.rewrite}), and fusion, which is no rewrite at all.
 */
package dev.weft.graph.pass.canonical;
