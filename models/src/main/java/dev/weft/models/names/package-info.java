/**
 * Other people's names for the same tensors and constants, read from a {@code .names} file beside a program.
 *
 * <p>In: a file such as {@code gpt.names}, and tensors and a {@code config.json} under names of others. Out: tensors under
 * the program's paths and values of its constants; and the other way round. Nothing in Java knows a name of either side.
 *
 * <pre>
 *   config KEY = CONSTANT                config.json and the program say the same number or truth value; several keys may name one constant
 *   config KEY = CONSTANT or VALUE       the same; where no key says it, it is VALUE, or what another constant is
 *   config KEY = CONSTANT / CONSTANT     what follows from constants: must hold where the key is there; written on export
 *   config KEY = CONSTANT among JSON, JSON, …     the constant is the place of the value among these, from 0, and 0 where no key says it
 *   config KEY = … if CONSTANT is JSON [or JSON …]   counts only where such a value was chosen
 *   config KEY is JSON [or JSON …]       what the program was written for: must hold where the key is there; the first is written on export
 *   config KEY is end_of_text            the tokenizer's id between documents, or null: written on export
 *   read config OBJECT as OBJECT         what is said of keys in the second is read from the first too
 *   read config …                        one of these lines that is read and never written
 *   optional config KEY = CONSTANT or VALUE   not written where the constant is VALUE
 *   prefix TEXT                          their names may all begin with it
 *   tensor SIDE = SIDE                   theirs, ours
 *   copy THEIRS of THEIRS                where the program has no tensor of its own for it: it may be there, and must equal the other
 *   ignore THEIRS                        may be there; not written on export
 *
 *   SIDE: NAME [transposed] | join AXIS NAME, NAME, … [transposed]
 * </pre>
 *
 * <p>A key with dots, {@code rope_parameters.rope_theta}, is one of an object in an object, which is not written
 * where each constant in it is what it would be without.
 * <p>Each {@code *} in a name stands for one part between dots, the same one throughout a line. {@code #} begins a comment.
 * Not here: reading the files themselves ({@code dev.weft.models.tensorfile}).
 */
package dev.weft.models.names;
