/**
 * Where text is cut into words before pairs are joined: GPT-2's pattern and GPT-4's, each written by hand as a scanner over UTF-8
 * and held to its regular expression by a test.
 *
 * <p>In: bytes, whether they are UTF-8 or not. Out: where the next word ends. Every byte belongs to exactly one word. A byte that is
 * part of no UTF-8 sequence counts as a character that is neither letter, number nor white space, like U+FFFD that a decoder would
 * put there; so what is cut is cut as the decoded text would be.
 *
 * <p>Not here: what becomes of a word ({@code dev.weft.models.tokenizer.bpe}).
 */
package dev.weft.models.tokenizer.split;
