package dev.weft.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Gpt2TokenizerTest {

    private final Gpt2Tokenizer gpt2 = new Gpt2Tokenizer();

    @Test
    void knownTextHasItsKnownIds() {
        assertThat(gpt2.encode("ROMEO:\nWhat")).containsExactly(33676, 4720, 25, 198, 2061);
        assertThat(gpt2.encode("The king")).containsExactly(464, 5822);
    }

    @Test
    void theSpellingOfASpecialTokenIsText() {
        assertThat(gpt2.encode("<|endoftext|>")).doesNotContain(50256);
        assertThat(gpt2.decode(50256)).isEqualTo("<|endoftext|>");
    }

    @Test
    void anIdOutsideTheVocabularyIsRefused() {
        assertThatThrownBy(() -> gpt2.decode(50257))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("from 0 to 50256");
    }

    @Test
    void tinyshakespeareHasItsKnownCounts() throws IOException {
        String text = Files.readString(SharedData.file("tinyshakespeare.txt"));
        int split = 1_003_854;
        assertThat(gpt2.encode(text.substring(0, split))).hasSize(301_966);
        assertThat(gpt2.encode(text.substring(split))).hasSize(36_059);
    }

    @Test
    void aFolderWithGpt2sFilesIsGpt2() {
        Path folder = SharedData.file("gpt2-tiny/vocab.json").getParent();
        assertThat(Tokenizers.load(folder)).isInstanceOf(Gpt2Tokenizer.class);
    }

    @Test
    void ourOwnEncodingOfGpt2sFilesAgreesWithIt() throws IOException {
        Path folder = SharedData.file("gpt2-tiny/vocab.json").getParent();
        BpeTokenizer ours = new BpeTokenizer("gpt2-tiny", BpeFiles.read(folder));
        String text =
                Files.readString(SharedData.file("the-verdict.txt")) + " naïve 𝄞 日本語\t  \n\n x'll 1234 aaaaaaaaaaaa  ";
        assertThat(ours.encode(text)).isEqualTo(gpt2.encode(text));
        assertThat(ours.decode(ours.encode(text))).isEqualTo(text);
        assertThat(ours.endOfText()).isEqualTo(gpt2.endOfText());
    }

    @Test
    void aSavedOneLoadsEqual(@TempDir Path folder) {
        gpt2.save(folder);
        assertThat(Tokenizers.load(folder)).isInstanceOf(Gpt2Tokenizer.class);
    }
}
