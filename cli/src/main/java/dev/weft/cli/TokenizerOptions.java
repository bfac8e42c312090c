package dev.weft.cli;

import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import picocli.CommandLine.Parameters;

/** A tokenizer that is there. */
final class TokenizerOptions {

    @Parameters(
            index = "0",
            paramLabel = "TOKENIZER",
            description =
                    "gpt2, a file (tokenizer.json, vocab.json, merges.txt, .tiktoken), or a folder that has one, such as a run.")
    String name = "";

    Tokenizer load() {
        return Tokenizers.named(name);
    }
}
