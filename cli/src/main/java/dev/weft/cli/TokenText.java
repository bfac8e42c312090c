package dev.weft.cli;

import dev.weft.models.tokenizer.Tokenizer;

/** What a token stands for, in reports. */
final class TokenText {

    private TokenText() {}

    /** Its characters; nothing for an id that the model tells apart and the tokenizer does not have. */
    static String of(Tokenizer tokenizer, int id) {
        return id < tokenizer.vocabularySize() ? tokenizer.decode(id) : "";
    }
}
