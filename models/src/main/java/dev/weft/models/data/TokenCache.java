package dev.weft.models.data;

import dev.weft.backend.spi.CacheFolder;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.models.io.Hashes;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a corpus: short ones made anew each time, longer ones kept in a file under a name that follows from tokenizer and
 * text. A file that is not what it should be is made again. Two processes that make the same file at a time do not meet: each
 * writes its own, and the last one stays.
 */
final class TokenCache {

    /** Below this many characters and tokens a file is not worth its name. */
    static final long WORTH = 1 << 18;

    /** What may be held in memory where no file can be written. */
    private static final long HELD = 1L << 28;

    /** Part of every key: to be changed with what a file holds. */
    private static final String VERSION = "1";

    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final int PIECE = 1 << 20;

    private final @Nullable Path folder;
    private final long worth;
    private final int piece;

    private TokenCache(@Nullable Path folder, long worth, int piece) {
        this.folder = folder;
        this.worth = worth;
        this.piece = piece;
    }

    /** The user's cache. */
    static TokenCache ofUser() {
        return new TokenCache(null, WORTH, PIECE);
    }

    /** One in {@code folder} that keeps all, and gives tokenizers pieces of about {@code piece} characters. */
    static TokenCache in(Path folder, int piece) {
        return new TokenCache(folder, 0, piece);
    }

    /** One that keeps nothing. */
    static TokenCache none(int piece) {
        return new TokenCache(null, Long.MAX_VALUE, piece);
    }

    /**
     * @param file mapped for the tokens; null where they are in memory
     */
    record Found(Tokens tokens, long training, @Nullable SafeTensors file) {}

    /** @param split whether a text has a validation part of its own */
    Found tokens(Corpus corpus, Tokenizer tokenizer, boolean split) {
        boolean small = corpus.characters() + corpus.tokens() < worth;
        if (small) {
            return inMemory(corpus, tokenizer, split);
        }
        try {
            Path place = folder == null ? CacheFolder.find().resolve("tokens") : folder;
            String key = key(corpus, tokenizer, split);
            Path file = place.resolve(key + ".safetensors");
            Optional<Found> found = open(file, key);
            return found.isPresent() ? found.get() : make(corpus, tokenizer, split, file, key);
        } catch (MachineException noRoom) {
            if (corpus.characters() + corpus.tokens() > HELD) {
                throw noRoom;
            }
            return inMemory(corpus, tokenizer, split);
        }
    }

    private static String key(Corpus corpus, Tokenizer tokenizer, boolean split) {
        return Hashes.sha256(String.join(
                "\n", List.of(VERSION, tokenizer.fingerprint(), corpus.fingerprint(), Boolean.toString(split))));
    }

    private static Optional<Found> open(Path file, String key) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            TokenFile.Opened opened = TokenFile.open(file, key);
            return Optional.of(new Found(opened.tokens(), opened.training(), opened.file()));
        } catch (UserException damaged) {
            return Optional.empty();
        }
    }

    private Found make(Corpus corpus, Tokenizer tokenizer, boolean split, Path place, String key) {
        try (TokenFile file = TokenFile.create(place)) {
            removeAbandoned(place.getParent());
            feed(corpus, tokenizer, split, file);
            file.finish(key, training(corpus, split, file.training(), file.count()));
        }
        return open(place, key)
                .orElseThrow(() -> new MachineException(place + ": was written, and does not hold what was written"));
    }

    private Found inMemory(Corpus corpus, Tokenizer tokenizer, boolean split) {
        TokensInMemory memory = new TokensInMemory();
        feed(corpus, tokenizer, split, memory);
        Tokens tokens = memory.tokens();
        return new Found(tokens, training(corpus, split, memory.training(), tokens.count()), null);
    }

    private void feed(Corpus corpus, Tokenizer tokenizer, boolean split, TokenSink sink) {
        long characters = split && !corpus.hasTokens() ? corpus.trainingCharacters() : -1;
        if (characters == 0) {
            sink.validation();
            characters = -1;
        }
        Tokenization tokenization = new Tokenization(corpus.origin(), tokenizer, sink, characters, piece);
        corpus.read(tokenization);
        tokenization.finish();
    }

    /** Where the text is not split by its characters, it is by its tokens. */
    private static long training(Corpus corpus, boolean split, long told, long count) {
        if (!split) {
            return 0;
        }
        return corpus.hasTokens() ? count / 10 * 9 + count % 10 * 9 / 10 : told;
    }

    /** What processes left that were ended while they wrote. */
    private static void removeAbandoned(Path folder) {
        FileTime old = FileTime.from(Instant.now().minus(ABANDONED));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(".tokens-")
                        && Files.getLastModifiedTime(file).compareTo(old) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException theyDoNoHarm) {
            return;
        }
    }
}
