package dev.weft.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.bench.torch.Torch;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.tokenizer.CharTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training losses of Weft and of libtorch from equal weights and batches. Times are for {@link NanoGpt} to print. */
class SideBySideTest {

    private static final Path SHAKESPEARE = Path.of("../../shared/data/tinyshakespeare.txt");
    private static final int SEED = 1337;
    private static final double MOST_DIFFERENCE = 1e-3;

    @Test
    void theFirstLossesOfASmallGptAreLibtorchs() {
        Recipe small = new Recipe(2, 2, 32, 16, 4, 50, 5, 3e-3, 3e-4, 0.9, 0.99, 0.1, 1.0);

        assertLossesAgree(small, Corpus.shipped(), 25);
    }

    @Test
    @Tag("slow")
    void theFirstLossesOfNanoGptsRecipeAreLibtorchs() {
        assumeTrue(Files.isReadable(SHAKESPEARE), () -> SHAKESPEARE + " is not there");

        assertLossesAgree(Recipe.NANO_GPT, Corpus.read(List.of(SHAKESPEARE)), 200);
    }

    private static void assertLossesAgree(Recipe recipe, Corpus corpus, int steps) {
        Optional<String> missing = Torch.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        CharTokenizer tokenizer = CharTokenizer.of(corpus.text());
        int[] tokens = tokenizer.encode(corpus.training());
        try (Weft weft = Weft.open();
                SideBySide both = new SideBySide(weft, 2, recipe, tokens, tokenizer.vocabularySize(), SEED)) {
            assertThat(both.round(steps)).hasSize(steps).as("seed %d", SEED).allSatisfy(step -> assertThat(
                            step.difference())
                    .isLessThanOrEqualTo(MOST_DIFFERENCE));
        }
    }
}
