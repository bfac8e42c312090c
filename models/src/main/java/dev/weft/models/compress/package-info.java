/**
 * Lossless compression with a language model: what the model expects costs few bits, whatever it is.
 *
 * <p>In: any bytes, and a model with {@code logits}. Out: a file that only the same model, on the same kind of machine, turns back. Text
 * becomes tokens ({@link dev.weft.models.compress.Pieces}); several lanes of them are read side by side by one entry of one shape
 * ({@link dev.weft.models.score.Lanes}); each row of logits becomes integer frequencies
 * ({@link dev.weft.models.compress.Frequencies}), and those an arithmetic code ({@link dev.weft.models.compress.RangeEncoder},
 * {@link dev.weft.models.compress.RangeDecoder}). {@link dev.weft.models.compress.Container} is the file.
 *
 * <p>Not here: bytes that are no text of the tokenizer's. They are deflated by the JDK.
 */
package dev.weft.models.compress;
