/**
 * The public API: a {@link dev.weft.models.Weft} opens a backend, a {@link dev.weft.models.Program} is a checked model file with its
 * constants, a {@link dev.weft.models.Model} is that program compiled, with its stored tensors. On top of them stand
 * {@link dev.weft.models.Trainer} and {@link dev.weft.models.Generator}.
 *
 * <p>The command line is a client of this package and has no other way in. Around it: {@code tokenizer}, {@code data},
 * {@code tensorfile}, {@code run} and {@code names}. Nothing here knows the name of a layer: what a program offers is read from its
 * entries' and functions' names and types.
 */
package dev.weft.models;
