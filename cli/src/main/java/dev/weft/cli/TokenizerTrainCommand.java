package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.WeftOptions;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizerTraining;
import dev.weft.models.tokenizer.Tokenizers;
import dev.weft.models.tokenizer.bpe.BpeTrainer;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a vocabulary of a text. */
@Command(
        name = "train",
        description = {
            "Train a byte-level BPE: the pair of pieces that occurs most often becomes a piece, again and again.",
            "The same text gives the same vocabulary, on any number of threads."
        },
        footer = {"", "Example: weft tokenizer train --vocab-size 32000 --data texts --pattern gpt4 -o my-words"})
final class TokenizerTrainCommand extends Action {

    /** What separates documents, by its name in use. */
    private static final String END_OF_TEXT = "<|endoftext|>";

    private static final int PIECES_BETWEEN_LINES = 1000;

    @Option(names = "--vocab-size", paramLabel = "N", required = true, description = "Ids, special tokens included.")
    int size;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            required = true,
            description = "A file, folder or archive with text; - for standard input. May be given several times.")
    List<String> data = new ArrayList<>();

    @Option(
            names = "--pattern",
            paramLabel = "gpt2|gpt4",
            description = "How text is cut into words, in which alone pieces are joined: gpt4 if not given.")
    String pattern = "gpt4";

    @Option(
            names = "--special",
            paramLabel = "TOKEN",
            description =
                    "A special token, such as what separates documents. May be given several times; <|endoftext|> if not given.")
    List<String> special = new ArrayList<>();

    @Option(names = "--threads", paramLabel = "N", description = "Threads: as many as processors if not given.")
    int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    final TokenizerOutOptions destination = new TokenizerOutOptions();

    TokenizerTrainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        SplitPattern cut = SplitPattern.named(pattern);
        List<String> tokens = special.isEmpty() ? List.of(END_OF_TEXT) : special;
        BpeTrainer.require(size, tokens);
        WeftOptions.wrongThreads(threads).ifPresent(wrong -> {
            throw refused("--threads: " + wrong);
        });
        if (Files.exists(destination.path)) {
            throw new UserException(destination.path + ": is there already and stays as it is; choose another name");
        }
        long start = System.nanoTime();
        Corpus corpus = Corpus.named(data);
        note("%s: %,d characters in %s"
                .formatted(
                        corpus.origin(),
                        corpus.characters(),
                        corpus.files() == 1 ? "one file" : corpus.files() + " files"));
        BpeTrainer.Trained trained = TokenizerTraining.train(corpus, cut, size, tokens, threads, pieces -> {
            if (pieces % PIECES_BETWEEN_LINES == 0) {
                progress("%,d of %,d pieces".formatted(pieces, size));
            }
        });
        terminal().endProgress();
        Tokenizers.write(destination.path, trained.vocabulary());
        report(trained, (System.nanoTime() - start) / 1e9);
        return ExitCode.DONE;
    }

    private void report(BpeTrainer.Trained trained, double seconds) {
        BpeVocabulary vocabulary = trained.vocabulary();
        if (vocabulary.size() < size) {
            note("no pair of pieces occurs twice any more: the vocabulary has %,d ids, not %,d"
                    .formatted(vocabulary.size(), size));
        }
        double each = (double) trained.bytes() / trained.tokens();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tokenizer", destination.path.toString());
        json.put("vocabulary", vocabulary.size());
        json.put("merges", vocabulary.merges().size());
        json.put("bytes", trained.bytes());
        json.put("tokens", trained.tokens());
        json.put("bytes_per_token", each);
        json.put("seconds", seconds);
        result(json, to -> {
            to.println("%s: %,d ids, %,d merges in %.1f s; %,d bytes are %,d tokens, %.3f bytes a token"
                    .formatted(
                            destination.path,
                            vocabulary.size(),
                            vocabulary.merges().size(),
                            seconds,
                            trained.bytes(),
                            trained.tokens(),
                            each));
            to.println("next: ./weft train gpt --tokenizer " + destination.path);
        });
    }
}
