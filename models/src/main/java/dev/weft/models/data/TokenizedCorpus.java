package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.Tokenizer;

/**
 * Both parts of a corpus as token ids; each part is tokenized by itself.
 *
 * @param training        ids of the first nine tenths of the characters
 * @param validation      ids of the last tenth
 * @param validationBytes UTF-8 bytes that the targets of the validation part stand for: all but its first token's
 */
public record TokenizedCorpus(int[] training, int[] validation, long validationBytes) {

    /**
     * @param context tokens of one window
     * @throws UserException if the training part has no window of {@code context} tokens with its target, the validation
     *                       part no target at all, or the text something that the vocabulary cannot spell
     */
    public static TokenizedCorpus of(Corpus corpus, Tokenizer tokenizer, int context) {
        int[] training = tokenizer.encode(corpus.training());
        int[] validation = tokenizer.encode(corpus.validation());
        if (training.length <= context) {
            throw new UserException(
                    corpus.origin() + ": is shorter than one context; its training part (the first nine tenths) has "
                            + training.length + " tokens, a context of " + context + " needs at least " + (context + 1L)
                            + ". Give more text, or make the context smaller");
        }
        requireTarget(corpus, validation);
        return new TokenizedCorpus(training, validation, bytesOfTargets(tokenizer, validation));
    }

    /** The whole text as a validation part, as {@code eval} judges a text that nothing was trained on. */
    public static TokenizedCorpus forValidation(Corpus corpus, Tokenizer tokenizer) {
        int[] validation = tokenizer.encode(corpus.text());
        requireTarget(corpus, validation);
        return new TokenizedCorpus(new int[0], validation, bytesOfTargets(tokenizer, validation));
    }

    private static void requireTarget(Corpus corpus, int[] validation) {
        if (validation.length < 2) {
            throw new UserException(
                    corpus.origin() + ": its validation part must have at least 2 tokens, so that one can be"
                            + " predicted from the other; got " + validation.length);
        }
    }

    private static long bytesOfTargets(Tokenizer tokenizer, int[] ids) {
        long bytes = 0;
        for (int i = 1; i < ids.length; i++) {
            bytes += tokenizer.bytes(ids[i]).length;
        }
        return bytes;
    }
}
