/**
 * Byte-level byte-pair encoding: what a vocabulary is, how words become its ids, and how one is trained.
 *
 * <p>In: bytes, cut into words by {@code dev.weft.models.tokenizer.split}. Out: ids. {@link dev.weft.models.tokenizer.bpe.BpeVocabulary}
 * is all there is to say; {@link dev.weft.models.tokenizer.bpe.BpeEncoder} is made from it, and
 * {@link dev.weft.models.tokenizer.bpe.BpeTrainer} makes one from words and how often they occur.
 *
 * <p>Not here: files ({@code dev.weft.models.tokenizer.file}), and what a model's tokenizer is asked ({@code dev.weft.models.tokenizer}).
 */
package dev.weft.models.tokenizer.bpe;
