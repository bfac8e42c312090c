package dev.weft.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextStreamTest {

    private final Gpt2Tokenizer gpt2 = new Gpt2Tokenizer();

    @Test
    void aCharacterIsGivenOutWithItsLastByte() {
        int[] ids = gpt2.encode("𝄞");
        assertThat(ids).hasSizeGreaterThan(1);
        TextStream stream = new TextStream(gpt2);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(stream.accept(id));
        }
        assertThat(pieces.getLast()).isEqualTo("𝄞");
        assertThat(pieces.subList(0, pieces.size() - 1)).containsOnly("");
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void anUnfinishedCharacterBecomesAReplacement() {
        TextStream stream = new TextStream(gpt2);
        assertThat(stream.accept(gpt2.encode("𝄞")[0])).isEmpty();
        assertThat(stream.finish()).isEqualTo("\ufffd");
    }

    @Test
    void piecesTogetherEqualTheWhole() {
        long seed = 42;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int[] ids = random.ints(20, 0, gpt2.vocabularySize()).toArray();
            TextStream stream = new TextStream(gpt2);
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(stream.accept(id));
            }
            text.append(stream.finish());
            assertThat(text.toString()).as("seed %d, ids %s", seed, ids).isEqualTo(gpt2.decode(ids));
        }
    }
}
