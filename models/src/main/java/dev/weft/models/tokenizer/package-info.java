/**
 * Text to token ids and back.
 *
 * <p>In: text, or a file or folder that holds a tokenizer (a run, a Hugging Face folder, {@code tokenizer.json}, {@code vocab.json}
 * with {@code merges.txt}, {@code .tiktoken}). Out: ids from 0 to {@link dev.weft.models.tokenizer.Tokenizer#vocabularySize()}, and for each id the
 * exact bytes it stands for, from which {@link dev.weft.models.tokenizer.TextStream} makes text piece by piece.
 *
 * <pre>
 *   split  where words end  ─▶  bpe  what becomes of a word; training  ◀─  file  formats of others
 * </pre>
 *
 * <p>Not here: corpora and batches ({@code dev.weft.models.data}); stop strings ({@code dev.weft.models.sample}).
 */
package dev.weft.models.tokenizer;
