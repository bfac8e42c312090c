/**
 * The syntax tree: records with spans, as close to the text as is useful.
 *
 * <p>In: nothing, {@code parse} builds it. Out: the checker and lowering switch over it. Not here: names are not resolved and types
 * are not computed; what a name may refer to is said at {@link dev.weft.dsl.ast.Expr.Name} and in docs/language.md.
 */
@NullMarked
package dev.weft.dsl.ast;

import org.jspecify.annotations.NullMarked;
