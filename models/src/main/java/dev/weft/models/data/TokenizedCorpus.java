package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Both parts of a corpus as tokens; each part of a text is tokenized by itself. Valid until {@link #close}. */
public final class TokenizedCorpus implements AutoCloseable {

    private final Tokens training;
    private final Tokens validation;
    private final TextLength validationLength;
    private final @Nullable SafeTensors file;

    private TokenizedCorpus(
            Tokens training, Tokens validation, TextLength validationLength, @Nullable SafeTensors file) {
        this.training = training;
        this.validation = validation;
        this.validationLength = validationLength;
        this.file = file;
    }

    /**
     * @param context tokens of one window
     * @throws UserException if the training part has no window of {@code context} tokens with its target, the validation
     *                       part no target at all, or the text something that the vocabulary cannot spell
     */
    public static TokenizedCorpus of(Corpus corpus, Tokenizer tokenizer, int context) {
        return of(corpus, tokenizer, context, TokenCache.ofUser());
    }

    static TokenizedCorpus of(Corpus corpus, Tokenizer tokenizer, int context, TokenCache cache) {
        return checked(cache.tokens(corpus, tokenizer, true), found -> {
            requireWindow(corpus, found.training(), context);
            return cut(corpus, tokenizer, found);
        });
    }

    /** The whole text as a validation part, as {@code eval} judges a text that nothing was trained on. */
    public static TokenizedCorpus forValidation(Corpus corpus, Tokenizer tokenizer) {
        return checked(TokenCache.ofUser().tokens(corpus, tokenizer, false), found -> cut(corpus, tokenizer, found));
    }

    private static TokenizedCorpus checked(TokenCache.Found found, Function<TokenCache.Found, TokenizedCorpus> make) {
        boolean good = false;
        try {
            TokenizedCorpus made = make.apply(found);
            good = true;
            return made;
        } finally {
            if (!good && found.file() != null) {
                found.file().close();
            }
        }
    }

    private static void requireWindow(Corpus corpus, long tokens, int context) {
        if (tokens <= context) {
            throw new UserException(
                    corpus.origin() + ": is shorter than one context; its training part (the first nine tenths) has "
                            + tokens + " tokens, a context of " + context + " needs at least " + (context + 1L)
                            + ". Give more text, or make the context smaller");
        }
    }

    private static TokenizedCorpus cut(Corpus corpus, Tokenizer tokenizer, TokenCache.Found found) {
        Tokens all = found.tokens();
        Tokens validation = all.slice(found.training(), all.count() - found.training());
        if (validation.count() < 2) {
            throw new UserException(
                    corpus.origin() + ": its validation part must have at least 2 tokens, so that one can be"
                            + " predicted from the other; got " + validation.count());
        }
        return new TokenizedCorpus(
                all.slice(0, found.training()), validation, lengthOfTargets(tokenizer, validation), found.file());
    }

    /**
     * What tokens stand for, in UTF-8.
     *
     * @param characters code points; one that several tokens make up counts with the first of them
     */
    public record TextLength(long bytes, long characters) {}

    private static TextLength lengthOfTargets(Tokenizer tokenizer, Tokens tokens) {
        byte[][] known = new byte[tokenizer.vocabularySize()][];
        long bytes = 0;
        long characters = 0;
        for (long i = 1; i < tokens.count(); i++) {
            int id = tokens.id(i);
            if (known[id] == null) {
                known[id] = tokenizer.bytes(id);
            }
            if (tokens.weight(i) != 0) {
                bytes += known[id].length;
                characters += starts(known[id]);
            }
        }
        return new TextLength(bytes, characters);
    }

    /** Bytes that begin a character: all but those that continue one. */
    private static int starts(byte[] bytes) {
        int starts = 0;
        for (byte one : bytes) {
            starts += (one & 0xc0) == 0x80 ? 0 : 1;
        }
        return starts;
    }

    /** The first nine tenths. */
    public Tokens training() {
        return training;
    }

    /** The last tenth. */
    public Tokens validation() {
        return validation;
    }

    /** What the targets of the validation part stand for: all but its first token, and those that do not count. */
    public TextLength validationLength() {
        return validationLength;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
