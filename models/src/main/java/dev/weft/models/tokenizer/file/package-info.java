/**
 * Files of tokenizers: {@code tokenizer.json} (Hugging Face), {@code vocab.json} with {@code merges.txt} (GPT-2), and {@code .tiktoken}.
 *
 * <p>In: a file; out: a {@link dev.weft.models.tokenizer.bpe.BpeVocabulary}, and back. What a file asks for and Weft does not have (other
 * models, normalizers, ways to cut text) is refused by its name, so that what is read encodes exactly as it does elsewhere; what is
 * damaged is named with its line or place.
 *
 * <p>Not here: Weft's own {@code weft-tokenizer.json} and the choice among the files of a folder
 * ({@link dev.weft.models.tokenizer.Tokenizers}). Not exported.
 */
package dev.weft.models.tokenizer.file;
