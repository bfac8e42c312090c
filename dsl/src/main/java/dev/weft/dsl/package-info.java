/**
 * The language: from the text of a model file to a checked syntax tree, which {@code lower} evaluates into a graph.
 *
 * <pre>
 * text --parse--> ast.SourceFile --Sources--> Module (with imports) --check--> diagnostics, or none --lower--> graph
 * </pre>
 *
 * <p>In: a name and a {@link dev.weft.dsl.SourceResolver}. Out: a {@link dev.weft.dsl.Module} or diagnostics. Not here: where files are
 * and which programs are shipped ({@code models}), gradients ({@code autodiff}).
 */
@NullMarked
package dev.weft.dsl;

import org.jspecify.annotations.NullMarked;
