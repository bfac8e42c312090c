package dev.weft.models.tokenizer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.BpeTokenizer;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import dev.weft.models.tokenizer.RandomText;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again, and what cannot be read says why. */
class TokenizerFilesTest {

    @TempDir
    Path folder;

    private static final Gpt2Tokenizer GPT2 = new Gpt2Tokenizer();

    private static BpeVocabulary withPattern(SplitPattern pattern) {
        BpeVocabulary gpt2 = GPT2.vocabulary();
        return new BpeVocabulary(gpt2.pieces(), gpt2.merges(), false, pattern, gpt2.special());
    }

    @Test
    void gpt2IsItselfInEveryForm() {
        TokenizerJson.write(folder.resolve("tokenizer.json"), GPT2.vocabulary());
        TiktokenFile.write(folder.resolve("x.tiktoken"), GPT2.vocabulary());
        Path merges = folder.resolve("merges");
        MergesFiles.write(merges, GPT2.vocabulary());

        for (Path path : List.of(
                folder,
                folder.resolve("tokenizer.json"),
                folder.resolve("x.tiktoken"),
                merges,
                merges.resolve("vocab.json"),
                merges.resolve("merges.txt"))) {
            assertThat(Tokenizers.load(path)).as(path.toString()).isInstanceOf(Gpt2Tokenizer.class);
        }
    }

    @Test
    void whereAFileIsCutOffIsToldByLineAndColumn() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{");

        assertThatThrownBy(() -> Tokenizers.load(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("(start marker at line 1, column 1)")
                .hasMessageEndingWith("(line 1, column 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.json", "words.tiktoken"})
    void whatIsWrittenEncodesAlike(String name) {
        BpeVocabulary vocabulary = withPattern(SplitPattern.GPT4);
        Path file = folder.resolve(name);
        if (name.endsWith(".json")) {
            TokenizerJson.write(file, vocabulary);
        } else {
            TiktokenFile.write(file, vocabulary);
        }

        Tokenizer read = Tokenizers.load(file);

        BpeTokenizer tokenizer = BpeTokenizer.of("gpt4", vocabulary);
        assertThat(read.fingerprint()).isEqualTo(tokenizer.fingerprint());
        assertThat(read.endOfText()).hasValue(50256);
        String text = RandomText.unicode(new Random(1), 2_000);
        assertThat(read.encode(text)).isEqualTo(tokenizer.encode(text)).isNotEqualTo(GPT2.encode(text));
    }

    @Test
    void aSavedOneLoadsEqual() {
        BpeTokenizer tokenizer = BpeTokenizer.of("gpt4", withPattern(SplitPattern.GPT4));

        tokenizer.save(folder);

        assertThat(Tokenizers.load(folder).fingerprint()).isEqualTo(tokenizer.fingerprint());
    }

    @Test
    void filesOfGpt2sKindCannotSayAnotherPattern() {
        assertThatThrownBy(() -> MergesFiles.write(folder, withPattern(SplitPattern.GPT4)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("gpt4")
                .hasMessageContaining("tokenizer.json");
    }

    private static final String BYTES = "\"a\":0,\"b\":1,\"ab\":2";

    private String json(String name, String value) {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("added_tokens", "[{\"id\":3,\"content\":\"<e>\",\"special\":true}]");
        fields.put("normalizer", "null");
        fields.put("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}");
        fields.put("decoder", "{\"type\":\"ByteLevel\"}");
        fields.put("model", "{\"type\":\"BPE\",\"vocab\":{" + BYTES + "},\"merges\":[\"a b\"]}");
        fields.put(name, value);
        return fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .reduce((left, right) -> left + "," + right)
                .map(all -> "{" + all + "}")
                .orElseThrow();
    }

    private Tokenizer load(String name, String content) throws IOException {
        return Tokenizers.load(Files.writeString(folder.resolve(name), content));
    }

    @Test
    void mergesMayBePairs() throws IOException {
        Tokenizer tokenizer = load(
                "tokenizer.json",
                json("model", "{\"type\":\"BPE\",\"vocab\":{" + BYTES + "},\"merges\":[[\"a\",\"b\"]]}"));

        assertThat(tokenizer.encode("abab")).containsExactly(2, 2);
        assertThat(tokenizer.vocabularySize()).isEqualTo(4);
        assertThat(tokenizer.endOfText()).hasValue(3);
        assertThat(tokenizer.decode(3)).isEqualTo("<e>");
    }

    @Test
    void wholeWordsAreLookedUpWhereTheFileSaysSo() throws IOException {
        String model = "{\"type\":\"BPE\",\"ignore_merges\":%s,\"vocab\":{\"a\":0,\"b\":1,\"ba\":2},\"merges\":[]}";

        assertThat(load("yes.json", json("model", model.formatted("true"))).encode("ba"))
                .containsExactly(2);
        assertThat(load("no.json", json("model", model.formatted("false"))).encode("ba"))
                .containsExactly(1, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model | {\"type\":\"Unigram\"} | uses model Unigram; Weft reads byte-level BPE",
                "model | {\"type\":\"WordPiece\"} | uses model WordPiece",
                "model | {\"type\":\"BPE\",\"byte_fallback\":true} | uses byte_fallback true (model)",
                "model | {\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\"} | uses end_of_word_suffix </w>",
                "model | {\"type\":\"BPE\",\"dropout\":0.1} | uses dropout 0.1",
                "normalizer | {\"type\":\"NFC\"} | uses normalizer NFC",
                "normalizer | {\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFD\"},{\"type\":\"Lowercase\"}]} | NFD, Lowercase",
                "pre_tokenizer | null | uses text that is not cut into words",
                "pre_tokenizer | {\"type\":\"Metaspace\"} | uses pre-tokenizer Metaspace",
                "pre_tokenizer | {\"type\":\"ByteLevel\",\"add_prefix_space\":true} | uses add_prefix_space",
                "pre_tokenizer | {\"type\":\"ByteLevel\",\"use_regex\":false} | pre-tokenizers ByteLevel in this order",
                "pre_tokenizer | {\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Digits\"},{\"type\":\"ByteLevel\"}]} | Digits",
                "decoder | {\"type\":\"WordPiece\"} | uses decoder WordPiece",
                "added_tokens | [{\"id\":3,\"content\":\"x\",\"special\":false}] | added token \"x\", at which every text would be cut",
                "added_tokens | [{\"id\":3,\"content\":\"x\",\"special\":true,\"lstrip\":true}] | uses lstrip of \"x\" (added_tokens[0])",
                "added_tokens | [{\"id\":-3,\"content\":\"x\",\"special\":true}] | added_tokens[0].id: must be a number from 0, got -3",
                "added_tokens | [{\"id\":1,\"content\":\"x\",\"special\":true}] | id 1 is given to both \"b\" and \"x\"",
                "added_tokens | [7] | added_tokens[0]: must be an object, got 7",
                "added_tokens | [{\"id\":2000000000,\"content\":\"x\",\"special\":true}] | must name between 1 and 16777216 pieces",
                "model | {\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a\"]} | model.merges[0]: must be two pieces with a space",
                "model | {\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[7]} | model.merges[0]: must be two pieces, got 7",
                "model | {\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]} | model.merges[0]: uses \"b\", which the vocabulary does not have",
                "model | {\"type\":\"BPE\",\"vocab\":{\"a\":\"x\"},\"merges\":[]} | model.vocab: ids must be the numbers from 0",
                "model | {\"type\":\"BPE\",\"vocab\":[],\"merges\":[]} | model.vocab: must be an object",
                "model | {\"type\":\"BPE\",\"vocab\":{\"a\":0}} | model.merges: must be a list, got nothing",
                "model | {\"type\":\"BPE\", | line 1, column"
            })
    void aTokenizerJsonThatCannotBeReadSaysWhy(String field, String value, String said) {
        assertThatThrownBy(() -> load("tokenizer.json", json(field, value)))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer.json").toString())
                .hasMessageContaining(said);
    }

    @Test
    void aSplitByAnotherPatternIsShown() {
        String split =
                "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\w+\"},"
                        + "\"behavior\":\"Isolated\",\"invert\":false},{\"type\":\"ByteLevel\",\"use_regex\":false}]}";

        assertThatThrownBy(() -> load("tokenizer.json", json("pre_tokenizer", split)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("the patterns of GPT-2 and GPT-4, got \\w+");
    }

    private static String line(String piece, int rank) {
        return Base64.getEncoder().encodeToString(piece.getBytes(StandardCharsets.UTF_8)) + " " + rank + "\n";
    }

    @Test
    void aTiktokenFileJoinsTheSmallestRankFirst() throws IOException {
        Files.writeString(folder.resolve("x.tiktoken.json"), "{\"pattern\":\"gpt4\",\"special_tokens\":{\"<e>\":7}}");
        Tokenizer tokenizer = load(
                "x.tiktoken",
                line("a", 0) + line("b", 1) + line("c", 2) + line("bc", 3) + line("ab", 4) + line("cab", 5));

        assertThat(tokenizer.encode("abc")).containsExactly(0, 3);
        assertThat(tokenizer.encode("ab")).containsExactly(4);
        assertThat(tokenizer.encode("cab")).containsExactly(5);
        assertThat(tokenizer.vocabularySize()).isEqualTo(8);
        assertThat(tokenizer.bytes(6)).isEmpty();
        assertThat(tokenizer.decode(7)).isEqualTo("<e>");
    }

    /** "abc" is never made of a and bc, but a word that is "abc" is it. */
    @Test
    void aPieceThatNothingLeadsToIsAWholeWord() throws IOException {
        Files.writeString(folder.resolve("x.tiktoken.json"), "{\"pattern\":\"gpt2\"}");
        Tokenizer tokenizer = load("x.tiktoken", line("a", 0) + line("b", 1) + line("c", 2) + line("abc", 3));

        assertThat(tokenizer.encode("abc")).containsExactly(3);
        assertThat(tokenizer.encode("abca")).containsExactly(0, 1, 2, 0);
    }

    @Test
    void aTiktokenFileThatCannotBeReadSaysWhy() throws IOException {
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0)))
                .hasMessageContaining("does not say how text is cut")
                .hasMessageContaining("x.tiktoken.json");
        Files.writeString(folder.resolve("x.tiktoken.json"), "{\"pattern\":\"gpt2\"}");
        assertThatThrownBy(() -> load("x.tiktoken", "")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0) + "YQ=\n"))
                .hasMessageContaining("line 2: must be a piece in Base64, a space and its rank, got \"YQ=\"");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0) + line("a", 1)))
                .hasMessageContaining("line 2: has the piece of line 1 again");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0) + line("b", 0)))
                .hasMessageContaining("line 2: rank 0 is another piece's already");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 2_000_000_000))).hasMessageContaining("rank below");
        Files.writeString(folder.resolve("x.tiktoken.json"), "{\"pattern\":\"gpt2\",\"special_tokens\":{\"<e>\":0}}");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0))).hasMessageContaining("special token <e>: id 0");
        Files.writeString(folder.resolve("x.tiktoken.json"), "{\"pattern\":\"gpt3\"}");
        assertThatThrownBy(() -> load("x.tiktoken", line("a", 0))).hasMessageContaining("got gpt3");
    }

    @Test
    void aBrokenMergeIsNamedWithItsLine() throws IOException {
        Files.writeString(folder.resolve("vocab.json"), "{\"a\":0,\"b\":1,\"ab\":2}");

        assertThatThrownBy(() -> load("merges.txt", "#version: 0.2\na b\nab\n"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        folder.resolve("merges.txt") + ", line 3: must be two pieces with a space between, got \"ab\"");
    }

    @Test
    void whatIsNoTokenizerSaysWhatWasExpected() throws IOException {
        assertThatThrownBy(() -> load("words.txt", "a")).hasMessageContaining("is no tokenizer by its name");
        Files.writeString(folder.resolve("tokenizer.model"), "");
        assertThatThrownBy(() -> Tokenizers.load(folder)).hasMessageContaining("SentencePiece");
    }
}
