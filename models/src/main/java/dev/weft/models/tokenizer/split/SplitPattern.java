package dev.weft.models.tokenizer.split;

import dev.weft.graph.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A way to cut text into words, in which alone pairs are joined. */
public enum SplitPattern {

    /** GPT-2's: a word has the space before it, digits stay together, a line break is white space like any other. */
    GPT2("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+") {
        @Override
        public int next(byte[] text, int from, int to) {
            return Gpt2Split.next(text, from, to);
        }
    },

    /** That of GPT-4 ({@code cl100k_base}) and Llama 3: at most three digits, and line breaks end what they follow. */
    GPT4("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
            + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
        @Override
        public int next(byte[] text, int from, int to) {
            return Gpt4Split.next(text, from, to);
        }
    };

    private final String regex;

    SplitPattern(String regex) {
        this.regex = regex;
    }

    /**
     * The end of the word that begins at {@code from}.
     *
     * @param to where the text ends; after {@code from}
     */
    public abstract int next(byte[] text, int from, int to);

    /** The regular expression that it stands for, as {@code tokenizer.json} spells it. */
    public String regex() {
        return regex;
    }

    /** The pattern with this regular expression, in one of the spellings in use. */
    public static Optional<SplitPattern> ofRegex(String regex) {
        String same = regex.replace("'s|'t|'re|'ve|'m|'ll|'d| ?", "'(?:[sdmt]|ll|ve|re)| ?");
        return Arrays.stream(values())
                .filter(pattern -> pattern.regex.equals(same))
                .findFirst();
    }

    /** The pattern that a person names. */
    public static SplitPattern named(String name) {
        return Arrays.stream(values())
                .filter(pattern -> pattern.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("split pattern: must be "
                        + Arrays.stream(values()).map(SplitPattern::toString).collect(Collectors.joining(" or "))
                        + ", got " + name));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
