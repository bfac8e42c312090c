package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenCacheTest {

    private static final String TEXT = "the cat sat on the mat;\n\nthe dog's log was 12345 inches long.\n".repeat(20);

    private static final int EDITS = Boolean.getBoolean("weft.slow") ? 10_000 : 300;
    private static final String BEGIN = "some words to begin with ";

    @TempDir
    Path folder;

    static Stream<Tokenizer> tokenizers() {
        return Stream.of(new Gpt2Tokenizer(), CharTokenizer.of(alphabet()));
    }

    private static final List<String> PARTS = List.of(
            " ",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\t",
            "\r\n",
            "\u00a0",
            "\u2003",
            "\u0085",
            "a",
            "the",
            "don't",
            "'",
            "'ll",
            "12",
            "7",
            "é",
            "𝄞",
            "漢字",
            "،",
            "!",
            "...",
            "<|endoftext|>",
            "_",
            "\u0301",
            "-\n",
            "\ufeff");

    private static String alphabet() {
        return BEGIN + String.join("", PARTS);
    }

    private TokenizedCorpus corpus(Corpus corpus, Tokenizer tokenizer, TokenCache cache) {
        return TokenizedCorpus.of(corpus, tokenizer, 4, cache);
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void piecesAreCutAsTheWholeIs(Tokenizer tokenizer) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int trial = 0; trial < 500; trial++) {
            StringBuilder text = new StringBuilder(BEGIN);
            int parts = random.nextInt(120);
            for (int i = 0; i < parts; i++) {
                text.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            Corpus corpus = Corpus.of("random", text.toString());
            int piece = 1 + random.nextInt(20);
            try (TokenizedCorpus tokens = TokenizedCorpus.of(corpus, tokenizer, 1, TokenCache.none(piece))) {
                String which = "seed %d, trial %d, piece %d".formatted(seed, trial, piece);
                assertThat(tokens.training().toArray()).as(which).isEqualTo(tokenizer.encode(corpus.training()));
                assertThat(tokens.validation().toArray()).as(which).isEqualTo(tokenizer.encode(corpus.validation()));
            } catch (UserException tooShort) {
                assertThat(tooShort).hasMessageContaining("at least 2 tokens");
            }
        }
    }

    @Test
    void tokensComeFromTheFileTheSecondTime() throws IOException {
        Corpus corpus = Corpus.of("text", TEXT);
        Tokenizer tokenizer = CharTokenizer.of(TEXT);
        TokenCache cache = TokenCache.in(folder, 64);
        int[] training;
        try (TokenizedCorpus made = corpus(corpus, tokenizer, cache)) {
            training = made.training().toArray();
            assertThat(training).isEqualTo(tokenizer.encode(corpus.training()));
        }
        Path file = only();
        FileTime written = Files.getLastModifiedTime(file);
        try (TokenizedCorpus found = corpus(corpus, tokenizer, cache)) {
            assertThat(found.training().toArray()).isEqualTo(training);
            assertThat(found.validation().toArray()).isEqualTo(tokenizer.encode(corpus.validation()));
            assertThat(found.validationLength().bytes())
                    .isEqualTo(corpus.validation().length() - 1);
        }
        assertThat(only()).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);

        corpus(Corpus.of("other", TEXT + "cat"), CharTokenizer.of(TEXT), cache).close();
        corpus(corpus, CharTokenizer.of(TEXT + "#"), cache).close();
        assertThat(files()).hasSize(3);
    }

    private Path only() throws IOException {
        assertThat(files()).hasSize(1);
        return files().getFirst();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    /** Whatever happens to a file of the cache, what is read are the tokens of the corpus. */
    @Test
    void aDamagedFileIsMadeAgainAndNeverTrusted() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path data = Files.writeString(
                folder.resolve("x.jsonl"),
                "{\"tokens\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], \"weights\": [1, 0, 1, 1, 1, 0.5, 1, 1, 1, 1, 1]}\n"
                        .repeat(4));
        Path cached = Files.createDirectory(folder.resolve("cache"));
        Corpus corpus = Corpus.read(List.of(data));
        TokenCache cache = TokenCache.in(cached, 64);
        Gpt2Tokenizer tokenizer = new Gpt2Tokenizer();
        TokenCache.Found whole = cache.tokens(corpus, tokenizer, true);
        int[] ids = whole.tokens().toArray();
        whole.file().close();
        Path file;
        try (Stream<Path> all = Files.list(cached)) {
            file = all.findFirst().orElseThrow();
        }
        byte[] good = Files.readAllBytes(file);
        for (int edit = 0; edit < EDITS; edit++) {
            byte[] bytes = edited(good, random);
            Path other = Files.write(file, bytes);
            TokenCache.Found found = cache.tokens(corpus, tokenizer, true);
            String which = "seed %d, edit %d".formatted(seed, edit);
            assertThat(found.training()).as(which).isEqualTo(39);
            assertThat(found.tokens().toArray()).as(which).isEqualTo(ids);
            assertThat(found.tokens().weight(5)).as(which).isEqualTo(0.5f);
            found.file().close();
            assertThat(other).exists();
        }
    }

    /** A few bytes replaced, some left out, or some put in; half of the edits in what says what the file is. */
    private static byte[] edited(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int at = random.nextInt(random.nextBoolean() ? 400 : bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, at);
            case 1 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
                System.arraycopy(bytes, at, longer, at + longer.length - bytes.length, bytes.length - at);
                bytes = longer;
            }
            default -> {
                for (int n = random.nextInt(4); n >= 0 && at + n < bytes.length; n--) {
                    bytes[at + n] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }

    @Test
    void writersDoNotMeet() throws Exception {
        Corpus corpus = Corpus.of("text", TEXT);
        Tokenizer tokenizer = new Gpt2Tokenizer();
        int[] wanted = tokenizer.encode(corpus.training());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<int[]>> found = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                found.add(threads.submit(() -> {
                    try (TokenizedCorpus tokens = corpus(corpus, tokenizer, TokenCache.in(folder, 32))) {
                        return tokens.training().toArray();
                    }
                }));
            }
            for (Future<int[]> each : found) {
                assertThat(each.get()).isEqualTo(wanted);
            }
        }
        only();
    }

    @Test
    void whatAnEndedProcessLeftIsRemovedAfterADay() throws IOException {
        Path old = Files.createFile(folder.resolve(".tokens-1.tmp"));
        Path recent = Files.createFile(folder.resolve(".tokens-2.tmp"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        corpus(Corpus.of("text", TEXT), CharTokenizer.of(TEXT), TokenCache.in(folder, 64))
                .close();
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
    }

    @Test
    void aShortTextLeavesNoFile() throws IOException {
        try (TokenizedCorpus tokens = corpus(Corpus.of("text", TEXT), CharTokenizer.of(TEXT), TokenCache.ofUser())) {
            assertThat(tokens.training().count()).isEqualTo(TEXT.length() * 9 / 10);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void documentsMayComeAsTokensWithWeights() throws IOException {
        Path data = Files.writeString(folder.resolve("x.jsonl"), """
                {"tokens": [5, 6, 7], "weights": [0, 1, 2]}
                {"text": "the cat"}
                {"text": "a dog", "weights": [0.5, 0.25]}
                {"tokens": [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]}
                """);
        Corpus corpus = Corpus.read(List.of(data));
        Gpt2Tokenizer tokenizer = new Gpt2Tokenizer();
        int[] cat = tokenizer.encode("the cat");
        int[] dog = tokenizer.encode("a dog");
        try (TokenizedCorpus tokens =
                TokenizedCorpus.of(corpus, tokenizer, 4, TokenCache.in(folder.resolve("c"), 64))) {
            assertThat(tokens.training().toArray()).startsWith(5, 6, 7, cat[0], cat[1], dog[0], dog[1]);
            assertThat(Stream.of(0L, 1L, 2L, 3L, 4L, 5L, 6L).map(tokens.training()::weight))
                    .containsExactly(0f, 1f, 2f, 1f, 1f, 0.5f, 0.25f);
            Batch batch = new TrainingWindows(tokens.training(), 6, 1, 1).batch(0, 0);
            assertThat(batch.weight()).containsExactly(1, 2, 1, 1, 0.5f, 0.25f);
            assertThat(tokens.validation().count()).isEqualTo(2);
        }
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, CharTokenizer.of("the catdog"), 4, TokenCache.none(64)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("weights must be as many as tokens, got 2 for 5 tokens");
        Path large = Files.writeString(folder.resolve("y.jsonl"), "{\"tokens\": [0, 50257]}");
        assertThatThrownBy(() -> TokenizedCorpus.of(Corpus.read(List.of(large)), tokenizer, 4, TokenCache.none(64)))
                .hasMessageContaining("y.jsonl, line 1: tokens must be from 0 to 50256")
                .hasMessageContaining("got 50257");
    }

    @Test
    void aCorpusThatChangesWhileItIsReadIsRefused() throws IOException {
        Path data = Files.writeString(folder.resolve("x.txt"), TEXT);
        Corpus corpus = Corpus.read(List.of(data));
        Files.writeString(data, TEXT + "more");
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, new Gpt2Tokenizer(), 4, TokenCache.none(64)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has changed while it was read");
    }

    @Test
    void sayWhereACharacterIsThatTheVocabularyLacks() throws IOException {
        Corpus corpus = Corpus.of("text", TEXT + "€" + TEXT);
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, CharTokenizer.of(TEXT), 4, TokenCache.none(64)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("U+20AC")
                .hasMessageContaining("counted from character ")
                .hasMessageContaining(" of text");
    }
}
