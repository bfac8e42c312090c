package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.SharedData;
import dev.weft.models.tokenizer.BpeTokenizer;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import dev.weft.models.tokenizer.RandomText;
import dev.weft.models.tokenizer.bpe.BpeTrainer;
import dev.weft.models.tokenizer.bpe.WordCounts;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizerTrainingTest {

    private static BpeTrainer.Trained train(Corpus corpus, SplitPattern pattern, int threads) {
        return TokenizerTraining.train(corpus, pattern, 600, List.of("<e>"), threads, pieces -> {});
    }

    @ParameterizedTest
    @EnumSource
    void threadsAndPiecesDoNotMatter(SplitPattern pattern) {
        String text = RandomText.unicode(new Random(11), 20_000).replaceAll("[\\ud800-\\udfff]", "");
        Corpus corpus = Corpus.of("random", text);
        String expected = BpeTrainer.train(
                        WordCounts.of(text.getBytes(StandardCharsets.UTF_8), pattern),
                        pattern,
                        600,
                        List.of("<e>"),
                        pieces -> {})
                .vocabulary()
                .fingerprint();

        for (int threads = 1; threads <= 3; threads++) {
            TokenizerTraining.Counting counting = new TokenizerTraining.Counting("random", pattern, threads, 50);
            corpus.read(counting);
            assertThat(BpeTrainer.train(counting.finish(), pattern, 600, List.of("<e>"), pieces -> {})
                            .vocabulary()
                            .fingerprint())
                    .as("%d threads", threads)
                    .isEqualTo(expected);
            assertThat(train(corpus, pattern, threads).vocabulary().fingerprint())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aTokenizerOfATextNeedsFewerTokensForIt() throws IOException {
        Corpus corpus = Corpus.read(List.of(SharedData.file("the-verdict.txt")));

        BpeTrainer.Trained trained = train(corpus, SplitPattern.GPT4, 2);

        BpeTokenizer tokenizer = BpeTokenizer.of("trained", trained.vocabulary());
        TextMeasure measure = TextMeasure.of(corpus, tokenizer);
        assertThat(measure.tokens()).isEqualTo(trained.tokens());
        assertThat(measure.bytes())
                .isEqualTo(trained.bytes())
                .isEqualTo(Files.size(SharedData.file("the-verdict.txt")));
        assertThat(measure.bytesPerToken()).isBetween(2.0, 3.0);
        assertThat(TextMeasure.of(corpus, new Gpt2Tokenizer()).bytesPerToken()).isBetween(3.5, 4.5);
    }

    @Test
    void tokensAreNotTextToTrainOn(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.jsonl"), "{\"tokens\": [1, 2]}\n");

        assertThatThrownBy(() -> train(Corpus.read(List.of(file)), SplitPattern.GPT2, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is tokens already");
    }
}
