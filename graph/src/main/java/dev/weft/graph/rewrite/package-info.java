/**
 * Making one graph out of another: {@link dev.weft.graph.rewrite.GraphRebuilder} copies values with substitutions and keeps their
 * provenance.
 *
 * <p>In comes a {@link dev.weft.graph.Graph}, out goes another one; neither changes. Which rewrites are made, and in what order, is
 * said in {@link dev.weft.graph.pass}.
 */
package dev.weft.graph.rewrite;
