/**
 * From text to the syntax tree; the only package that knows ANTLR.
 *
 * <p>In: a {@link dev.weft.dsl.ast.Source}. Out: a {@link dev.weft.dsl.ast.SourceFile} with its comments, or diagnostics in people's
 * words. The grammar is {@code Weft.g4}; which line breaks count is in {@code LineTokens}. Not here: what names refer to, and imports.
 */
@NullMarked
package dev.weft.dsl.parse;

import org.jspecify.annotations.NullMarked;
