/**
 * Text to token ids and back.
 *
 * <p>In: text, or a folder that a tokenizer was saved in (a run, or a Hugging Face folder with {@code vocab.json} and
 * {@code merges.txt}). Out: ids from 0 to {@link dev.weft.models.tokenizer.Tokenizer#vocabularySize()}, and for each id the
 * exact bytes it stands for, from which {@link dev.weft.models.tokenizer.TextStream} makes text piece by piece.
 *
 * <p>Not here: corpora and batches ({@code dev.weft.models.data}); stop strings ({@code dev.weft.models.sample}).
 */
package dev.weft.models.tokenizer;
