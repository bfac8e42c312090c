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

class CharTokenizerTest {

    private final CharTokenizer tokenizer = CharTokenizer.of("hé𝄞llo\n");

    @Test
    void idsFollowTheOrderOfCodePoints() {
        assertThat(tokenizer.vocabularySize()).isEqualTo(6);
        assertThat(tokenizer.encode("\nhloé𝄞")).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void decodingIsTheInverseOfEncoding() {
        assertThat(tokenizer.decode(tokenizer.encode("olé𝄞\n"))).isEqualTo("olé𝄞\n");
    }

    @Test
    void anUnknownCharacterIsNamedWithItsPlace() {
        assertThatThrownBy(() -> tokenizer.encode("h𝄞\nz"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("U+007A 'z'")
                .hasMessageContaining("character 3 (line 2)");
    }

    @Test
    void anIdOutsideTheVocabularyIsRefused() {
        assertThatThrownBy(() -> tokenizer.decode(6))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("from 0 to 5")
                .hasMessageContaining("got 6");
        assertThatThrownBy(() -> tokenizer.decode(-1)).isInstanceOf(UserException.class);
    }

    @Test
    void anEmptyCorpusHasNoVocabulary() {
        assertThatThrownBy(() -> CharTokenizer.of("")).isInstanceOf(UserException.class);
    }

    @Test
    void aSavedOneLoadsEqual(@TempDir Path folder) {
        tokenizer.save(folder);
        Tokenizer loaded = Tokenizers.load(folder);
        assertThat(loaded.fingerprint()).isEqualTo(tokenizer.fingerprint());
        assertThat(loaded.encode("𝄞")).containsExactly(5);
    }

    @Test
    void aDamagedFileIsNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(Tokenizers.FILE), "{\"kind\": \"char\", \"cha");
        assertThatThrownBy(() -> Tokenizers.load(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(Tokenizers.FILE);
    }

    @Test
    void tinyshakespeareHas65Characters() throws IOException {
        String text = Files.readString(SharedData.file("tinyshakespeare.txt"));
        assertThat(CharTokenizer.of(text).vocabularySize()).isEqualTo(65);
    }
}
