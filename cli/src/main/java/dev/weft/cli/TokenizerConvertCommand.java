package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** From one format to another. */
@Command(
        name = "convert",
        description = "Write a tokenizer in another format; its ids stay the same.",
        footer = {"", "Example: weft tokenizer convert gpt2 -o gpt2.tiktoken"})
final class TokenizerConvertCommand extends Action {

    @Mixin
    final TokenizerOptions tokenizer = new TokenizerOptions();

    @Mixin
    final TokenizerOutOptions destination = new TokenizerOutOptions();

    TokenizerConvertCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        Tokenizer with = tokenizer.load();
        BpeVocabulary vocabulary = Tokenizers.vocabulary(with)
                .orElseThrow(() -> new UserException(
                        tokenizer.name + ": is a tokenizer of characters, which no other format has"));
        Tokenizers.write(destination.path, vocabulary);
        result(
                Map.of("tokenizer", destination.path.toString(), "vocabulary", vocabulary.size()),
                to -> to.println("%s: %,d ids".formatted(destination.path, vocabulary.size())));
        return ExitCode.DONE;
    }
}
