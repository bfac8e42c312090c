package dev.weft.models.tokenizer.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.RandomText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scanners are what their regular expressions say. */
class SplitPatternTest {

    private static final int TEXTS = Boolean.getBoolean("weft.slow") ? 200_000 : 5_000;

    private static Pattern regex(SplitPattern pattern) {
        return Pattern.compile(pattern.regex(), Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
    }

    private static List<String> scanned(SplitPattern pattern, String text) {
        return scanned(pattern, text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> scanned(SplitPattern pattern, byte[] bytes) {
        List<String> words = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int to = pattern.next(bytes, from, bytes.length);
            assertThat(to).isGreaterThan(from);
            words.add(new String(bytes, from, to - from, StandardCharsets.UTF_8));
            from = to;
        }
        return words;
    }

    private static List<String> matched(Pattern regex, String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = regex.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    @ParameterizedTest
    @EnumSource
    void randomTextsAreCutAsTheRegularExpressionCutsThem(SplitPattern pattern) {
        Pattern regex = regex(pattern);
        for (int seed = 0; seed < TEXTS; seed++) {
            String text = RandomText.unicode(new Random(seed), 40).replaceAll("[\\ud800-\\udfff]", "");

            assertThat(scanned(pattern, text)).as("seed %d", seed).isEqualTo(matched(regex, text));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCharacterIsOfTheKindThatTheRegularExpressionSees(SplitPattern pattern) {
        Pattern regex = regex(pattern);
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                String character = Character.toString(codePoint);
                String text = "a" + character + character + " " + character + "1" + character + "'" + character;

                if (!scanned(pattern, text).equals(matched(regex, text))) {
                    assertThat(scanned(pattern, text)).as("U+%04X", codePoint).isEqualTo(matched(regex, text));
                }
            }
        }
    }

    /** Each such byte is cut like U+FFFD, which is neither letter, number nor white space. */
    @ParameterizedTest
    @EnumSource
    void bytesThatAreNoUtf8AreCutLikeReplacements(SplitPattern pattern) {
        Pattern regex = regex(pattern);
        for (int seed = 0; seed < TEXTS; seed++) {
            byte[] bytes = RandomText.bytes(new Random(seed), 40);
            List<String> words = new ArrayList<>();
            for (int from = 0; from < bytes.length; ) {
                int to = pattern.next(bytes, from, bytes.length);
                words.add(replaced(Arrays.copyOfRange(bytes, from, to)));
                from = to;
            }

            assertThat(words).as("seed %d", seed).isEqualTo(matched(regex, replaced(bytes)));
        }
    }

    /** The text with U+FFFD for each byte that is part of no character. */
    private static String replaced(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; ) {
            int length = 1;
            String character = decoded(bytes, at, length);
            while (character.isEmpty() && length < 4 && at + length < bytes.length) {
                length++;
                character = decoded(bytes, at, length);
            }
            text.append(character.isEmpty() ? "\ufffd" : character);
            at += character.isEmpty() ? 1 : length;
        }
        return text.toString();
    }

    private static String decoded(byte[] bytes, int at, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
        } catch (CharacterCodingException no) {
            return "";
        }
    }

    @Test
    void knownTextsAreCutAsIsKnown() {
        String text = "He's 12345  old,\n\n  isn't HE'LL?!\n";

        assertThat(scanned(SplitPattern.GPT2, text))
                .containsExactly(
                        "He", "'s", " 12345", " ", " old", ",", "\n\n ", " isn", "'t", " HE", "'", "LL", "?!", "\n");
        assertThat(scanned(SplitPattern.GPT4, text))
                .containsExactly(
                        "He", "'s", " ", "123", "45", " ", " old", ",\n\n", " ", " isn", "'t", " HE", "'LL", "?!\n");
    }

    @Test
    void aPatternIsKnownByItsSpellings() {
        assertThat(SplitPattern.ofRegex(SplitPattern.GPT4.regex())).hasValue(SplitPattern.GPT4);
        assertThat(SplitPattern.ofRegex(
                        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"))
                .hasValue(SplitPattern.GPT2);
        assertThat(SplitPattern.ofRegex("\\w+")).isEmpty();
        assertThatThrownBy(() -> SplitPattern.named("gpt3"))
                .isInstanceOf(UserException.class)
                .hasMessage("split pattern: must be gpt2 or gpt4, got gpt3");
    }
}
