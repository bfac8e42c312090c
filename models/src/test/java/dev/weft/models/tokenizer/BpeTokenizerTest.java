package dev.weft.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTokenizerTest {

    @TempDir
    Path folder;

    private Tokenizer load(String vocabulary, String merges) throws IOException {
        Files.writeString(folder.resolve("vocab.json"), vocabulary);
        Files.writeString(folder.resolve("merges.txt"), merges);
        return Tokenizers.load(folder);
    }

    private static final String VOCABULARY =
            "{\"a\":0,\"b\":1,\"Ġ\":2,\"ab\":3,\"aab\":4,\"Ġa\":5,\"<|endoftext|>\":6}";

    @Test
    void theFirstMergeOfTheListIsMadeFirst() throws IOException {
        Tokenizer tokenizer = load(VOCABULARY, "#version: 0.2\na b\na ab\nĠ a\n");
        assertThat(tokenizer.encode("aabab ab a")).containsExactly(4, 3, 2, 3, 5);
        assertThat(tokenizer.decode(4, 3, 2, 3, 5)).isEqualTo("aabab ab a");
        assertThat(tokenizer.endOfText()).hasValue(6);
    }

    @Test
    void aVeryLongWordTakesNoTimeToSpeakOf() throws IOException {
        Tokenizer tokenizer = load(VOCABULARY, "a b\na ab\n");
        assertThat(tokenizer.encode("ab".repeat(100_000))).hasSize(100_000).containsOnly(3);
    }

    @Test
    void aByteWithoutAPieceIsNamed() throws IOException {
        Tokenizer tokenizer = load(VOCABULARY, "a b\n");
        assertThatThrownBy(() -> tokenizer.encode("a c"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("0x63");
    }

    @Test
    void aSavedOneLoadsEqual(@TempDir Path copy) throws IOException {
        Tokenizer tokenizer = load(VOCABULARY, "a b\na ab\n");
        tokenizer.save(copy);
        assertThat(Tokenizers.load(copy).fingerprint()).isEqualTo(tokenizer.fingerprint());
    }

    @Test
    void brokenFilesAreRefusedWithTheirNames() {
        assertThatThrownBy(() -> load("{\"a\":0,\"b\":7}", ""))
                .hasMessageContaining("vocab.json")
                .hasMessageContaining("got 7");
        assertThatThrownBy(() -> load("{\"a\":0,\"b\":0}", "")).hasMessageContaining("both \"a\" and \"b\"");
        assertThatThrownBy(() -> load("{\"a\":0}", "a\n")).hasMessageContaining("merges.txt");
        assertThatThrownBy(() -> load("{\"a\":0}", "a x\n")).hasMessageContaining("uses \"x\"");
        assertThatThrownBy(() -> load("[1]", ""))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("vocab.json");
    }

    @Test
    void aFolderWithoutATokenizerSaysWhatWasExpected(@TempDir Path empty) {
        assertThatThrownBy(() -> Tokenizers.load(empty))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has no tokenizer");
    }
}
