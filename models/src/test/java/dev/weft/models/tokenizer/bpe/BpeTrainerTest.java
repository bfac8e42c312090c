package dev.weft.models.tokenizer.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.BpeTokenizer;
import dev.weft.models.tokenizer.RandomText;
import dev.weft.models.tokenizer.bpe.BpeVocabulary.Merge;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The trainer finds what counting everything anew after each join finds. */
class BpeTrainerTest {

    private static final int TEXTS = Boolean.getBoolean("weft.slow") ? 3_000 : 60;

    private static BpeTrainer.Trained train(String text, SplitPattern pattern, int size, String... special) {
        return BpeTrainer.train(
                WordCounts.of(text.getBytes(StandardCharsets.UTF_8), pattern),
                pattern,
                size,
                List.of(special),
                pieces -> {});
    }

    private static List<Merge> byDefinition(String text, SplitPattern pattern, BpeVocabulary bytes, int size) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        List<List<Integer>> words = new ArrayList<>();
        for (int from = 0; from < utf8.length; ) {
            int to = pattern.next(utf8, from, utf8.length);
            List<Integer> word = new ArrayList<>();
            for (int at = from; at < to; at++) {
                byte[] one = {utf8[at]};
                for (int id = 0; id < 256; id++) {
                    if (Arrays.equals(bytes.pieces().get(id), one)) {
                        word.add(id);
                    }
                }
            }
            words.add(word);
            from = to;
        }
        List<Merge> merges = new ArrayList<>();
        while (256 + merges.size() < size) {
            Map<List<Integer>, Integer> counts = new HashMap<>();
            words.forEach(word -> {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            });
            var most = counts.entrySet().stream()
                    .min(Comparator.comparing((Map.Entry<List<Integer>, Integer> entry) -> -entry.getValue())
                            .thenComparing(entry -> entry.getKey().getFirst())
                            .thenComparing(entry -> entry.getKey().getLast()));
            if (most.isEmpty() || most.get().getValue() < 2) {
                return merges;
            }
            List<Integer> pair = most.get().getKey();
            int id = 256 + merges.size();
            merges.add(new Merge(pair.getFirst(), pair.getLast(), id));
            words.forEach(word -> {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(pair.getFirst()) && word.get(i + 1).equals(pair.getLast())) {
                        word.set(i, id);
                        word.remove(i + 1);
                    }
                }
            });
        }
        return merges;
    }

    @Test
    void randomTextsGiveTheVocabularyOfTheDefinition() {
        for (int seed = 0; seed < TEXTS; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(RandomText.unicode(random, 60));
            for (int i = 0; i < 150; i++) {
                text.append((char) ('a' + random.nextInt(3))).append(random.nextInt(5) == 0 ? " " : "");
            }
            SplitPattern pattern = SplitPattern.values()[seed % 2];

            BpeTrainer.Trained trained = train(text.toString(), pattern, 320, "<e>");

            BpeVocabulary vocabulary = trained.vocabulary();
            assertThat(vocabulary.merges())
                    .as("seed %d", seed)
                    .isEqualTo(byDefinition(text.toString(), pattern, vocabulary, 319));
            int[] ids = BpeTokenizer.of("trained", vocabulary).encode(text.toString());
            assertThat(trained.tokens()).as("seed %d", seed).isEqualTo(ids.length);
            assertThat(vocabulary.special()).containsExactly(Map.entry("<e>", vocabulary.size() - 1));
        }
    }

    @Test
    void ofEqualCountsTheSmallestIdsAreTakenAndRunsAreJoinedFromTheLeft() {
        BpeVocabulary vocabulary =
                train("ba ba ab ab aaaaa aaaaa", SplitPattern.GPT2, 258).vocabulary();

        assertThat(new String(vocabulary.pieces().get(256), StandardCharsets.UTF_8))
                .isEqualTo("aa");
        assertThat(BpeTokenizer.of("x", vocabulary).decode(256)).isEqualTo("aa");
        assertThat(BpeTokenizer.of("x", vocabulary).encode("aaaaa")).startsWith(256, 256);
    }

    @Test
    void aTextWithoutRepetitionEndsEarly() {
        BpeTrainer.Trained trained = train("abcdefg", SplitPattern.GPT2, 1000, "<e>");

        assertThat(trained.vocabulary().size()).isEqualTo(257);
        assertThat(trained.tokens()).isEqualTo(7).isEqualTo(trained.bytes());
    }

    @Test
    void aLongWordWithoutSpacesTakesNoTimeToSpeakOf() {
        Random random = new Random(1);
        StringBuilder dna = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            dna.append("acgt".charAt(random.nextInt(4)));
        }

        assertThat(train(dna.toString(), SplitPattern.GPT4, 2_000).vocabulary().size())
                .isEqualTo(2_000);
    }

    @Test
    void aVocabularyTooSmallForAllBytesIsRefused() {
        assertThatThrownBy(() -> train("abc", SplitPattern.GPT2, 256, "<e>"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("must be from 257 (256 bytes, special tokens: 1) to 16777216, got 256");
        assertThatThrownBy(() -> train("abc", SplitPattern.GPT2, 300, "<e>", "<e>"))
                .hasMessageContaining("must be different and not empty");
    }
}
