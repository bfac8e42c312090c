/**
 * What of a region's arithmetic cuBLASLt can do to a product before it is stored. In come values of a graph or a region; out come
 * {@link dev.weft.backend.cuda.epilogue.Ending}s of products, found by what is computed ({@link
 * dev.weft.backend.cuda.epilogue.Formulas}), never by a name, and a graph in which what products keep between forward and backward has
 * the type of their operands ({@link dev.weft.backend.cuda.epilogue.NarrowEndings}).
 *
 * <p>Not here: how a product is asked for ({@code device}), and what becomes of everything else ({@code region}).
 */
@NullMarked
package dev.weft.backend.cuda.epilogue;

import org.jspecify.annotations.NullMarked;
