package dev.weft.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.SharedData;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.MergesFiles;
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
    void itsVocabularyIsKnownByItsContent() {
        assertThat(gpt2.vocabulary().fingerprint()).isEqualTo(Gpt2Tokenizer.VOCABULARY);
    }

    @Test
    void itsMergesAreThoseOfGpt2sFiles() {
        Path folder = SharedData.file("gpt2-tiny/vocab.json").getParent();
        BpeVocabulary files = MergesFiles.read(folder);

        assertThat(files.merges()).isEqualTo(gpt2.vocabulary().merges());
        assertThat(files.special()).isEqualTo(gpt2.vocabulary().special());
        assertThat(files.endOfText()).isEqualTo(gpt2.endOfText());
    }

    @Test
    void aSavedOneLoadsEqual(@TempDir Path folder) {
        gpt2.save(folder);
        assertThat(Tokenizers.load(folder)).isInstanceOf(Gpt2Tokenizer.class);
    }
}
