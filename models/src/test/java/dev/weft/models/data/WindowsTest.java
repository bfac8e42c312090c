package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.CharTokenizer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {

    private static int[] counting(int n) {
        return IntStream.range(0, n).toArray();
    }

    @Test
    void aTrainingBatchIsAFunctionOfSeedStepAndMicro() {
        TrainingWindows one = new TrainingWindows(counting(1000), 8, 4, 5);
        TrainingWindows two = new TrainingWindows(counting(1000), 8, 4, 5);
        int[] tokens = one.batch(3, 1).tokens();
        assertThat(two.batch(3, 1).tokens()).isEqualTo(tokens);
        assertThat(two.batch(3, 0).tokens()).isNotEqualTo(tokens);
        assertThat(two.batch(4, 1).tokens()).isNotEqualTo(tokens);
        assertThat(new TrainingWindows(counting(1000), 8, 4, 6).batch(3, 1).tokens())
                .isNotEqualTo(tokens);
    }

    @Test
    void targetsAreTheNextTokens() {
        Batch batch = new TrainingWindows(counting(1000), 8, 4, 5).batch(0, 0);
        for (int i = 0; i < 32; i++) {
            assertThat(batch.targets()[i]).isEqualTo(batch.tokens()[i] + 1);
            assertThat(batch.weight()[i]).isOne();
        }
    }

    @Test
    void theShortestTextHasOneWindow() {
        Batch batch = new TrainingWindows(counting(9), 8, 2, 5).batch(0, 0);
        assertThat(batch.tokens()).startsWith(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(batch.targets()).endsWith(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @ParameterizedTest
    @CsvSource({"2,8,4", "9,8,4", "10,8,4", "33,8,4", "34,8,1", "1000,7,3", "257,16,16"})
    void validationCountsEveryTargetOnce(int tokens, int context, int rows) {
        ValidationWindows windows = new ValidationWindows(counting(tokens), context, rows);
        int[] seen = new int[tokens];
        for (int index = 0; index < windows.batches(); index++) {
            Batch batch = windows.batch(index);
            assertThat(batch.tokens()).hasSize(rows * context);
            for (int i = 0; i < rows * context; i++) {
                if (batch.weight()[i] == 1) {
                    assertThat(batch.targets()[i]).isEqualTo(batch.tokens()[i] + 1);
                    seen[batch.targets()[i]]++;
                } else {
                    assertThat(batch.weight()[i]).isZero();
                }
            }
        }
        assertThat(seen[0]).isZero();
        assertThat(IntStream.range(1, tokens).map(i -> seen[i])).containsOnly(1);
        assertThat(windows.targets()).isEqualTo(tokens - 1);
    }

    @Test
    void aTextShorterThanOneContextIsRefused() {
        Corpus corpus = Corpus.of("small.txt", "0123456789");
        CharTokenizer tokenizer = CharTokenizer.of(corpus.text());
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, tokenizer, 64))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("small.txt: is shorter than one context")
                .hasMessageContaining("9 tokens")
                .hasMessageContaining("at least 65");
        assertThatThrownBy(() -> TokenizedCorpus.of(corpus, tokenizer, 4)).hasMessageContaining("at least 2 tokens");
    }

    @Test
    void bytesAreCountedForTargetsOnly() {
        Corpus corpus = Corpus.of("test", "éx".repeat(50));
        TokenizedCorpus tokens = TokenizedCorpus.of(corpus, CharTokenizer.of(corpus.text()), 8);
        assertThat(tokens.validation().count()).isEqualTo(10);
        assertThat(tokens.validationLength().bytes()).isEqualTo(5 * 3 - 2);
    }
}
