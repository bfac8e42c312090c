package dev.weft.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A vocabulary and the way text is cut into it. Immutable; any number of threads may use one. */
public sealed interface Tokenizer permits CharTokenizer, Gpt2Tokenizer, BpeTokenizer {

    /** How a person asks for it: {@code char}, {@code gpt2}, or the file or folder it was read from. */
    String name();

    /** Number of ids; they run from 0. */
    int vocabularySize();

    /**
     * The ids of {@code text}. The spelling of a special token in the text is text like any other.
     *
     * @throws dev.weft.graph.UserException if the text holds something that the vocabulary cannot spell
     */
    int[] encode(String text);

    /**
     * As {@link #encode}, of a text in UTF-8. A byte-level tokenizer takes any other bytes too: what is no UTF-8 is cut like characters
     * that are neither letters nor numbers, and decoding gives the same bytes again.
     *
     * @throws dev.weft.graph.UserException also if the bytes are no UTF-8 and the tokenizer knows characters only
     */
    int[] encodeBytes(byte[] bytes);

    /** As {@link #encodeBytes}, but the spelling of a special token is that token. */
    default int[] encodeWithSpecial(byte[] bytes) {
        return encodeBytes(bytes);
    }

    /**
     * The bytes that {@code id} stands for; a character may be spread over several ids.
     *
     * @throws dev.weft.graph.UserException if the vocabulary has no such id
     */
    byte[] bytes(int id);

    /** The id that separates documents, where the vocabulary has one. */
    OptionalInt endOfText();

    /** Equal for tokenizers that encode alike; part of what a resumed run must find unchanged. */
    String fingerprint();

    /** Writes what {@link Tokenizers#load} needs into {@code folder}. */
    void save(Path folder);

    /** The bytes of {@code ids}, one after the other. */
    default byte[] decodeBytes(int... ids) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int id : ids) {
            all.writeBytes(bytes(id));
        }
        return all.toByteArray();
    }

    /** The text of {@code ids}; bytes that are not UTF-8 become U+FFFD. */
    default String decode(int... ids) {
        return new String(decodeBytes(ids), StandardCharsets.UTF_8);
    }
}
