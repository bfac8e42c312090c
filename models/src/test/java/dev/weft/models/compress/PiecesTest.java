package dev.weft.models.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class PiecesTest {

    private static final Tokenizer LETTERS = CharTokenizer.of("abcdefghijklmnopqrstuvwxyz ö🎈");
    private static final String LONG = "a balloon 🎈 över the sea";

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static List<Boolean> kinds(List<Pieces.Piece> pieces) {
        return pieces.stream().map(Pieces.Piece::isText).toList();
    }

    @Test
    void textIsSpelledAndOtherBytesAreLeft() {
        byte[] noise = {(byte) 0xff, (byte) 0xc0, (byte) 0x80};
        List<Pieces.Piece> pieces = Pieces.of(LETTERS, joined(utf8(LONG), noise, utf8(LONG)));

        assertThat(kinds(pieces)).containsExactly(true, false, true);
        assertThat(pieces.get(0).tokens()).isEqualTo(LETTERS.encode(LONG));
        assertThat(pieces.get(1).length()).isEqualTo(3);
    }

    @Test
    void aCharacterThatTheTokenizerDoesNotKnowIsNoText() {
        assertThat(kinds(Pieces.of(LETTERS, utf8(LONG + "漢" + LONG)))).containsExactly(true, false, true);
        assertThat(kinds(Pieces.of(new Gpt2Tokenizer(), utf8(LONG + "漢" + LONG))))
                .containsExactly(true);
    }

    @Test
    void aFewLettersAmongOtherBytesAreLeftWithThem() {
        byte[] noise = {(byte) 0xfe, 'a', 'b', (byte) 0xfe};
        assertThat(kinds(Pieces.of(LETTERS, noise))).containsExactly(false);
        assertThat(kinds(Pieces.of(LETTERS, utf8("ab")))).containsExactly(true);
        assertThat(Pieces.of(LETTERS, new byte[0])).isEmpty();
    }

    @Test
    void piecesOfAnyBytesMakeUpTheWhole() {
        long seed = 4;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] data = joined(utf8(LONG), new byte[random.nextInt(1, 40)], utf8(LONG));
            for (int flips = random.nextInt(8); flips > 0; flips--) {
                data[random.nextInt(data.length)] = (byte) random.nextInt(256);
            }
            int at = 0;
            for (Pieces.Piece piece : Pieces.of(LETTERS, data)) {
                byte[] part = Arrays.copyOfRange(data, at, at + piece.length());
                if (piece.isText()) {
                    assertThat(LETTERS.decodeBytes(piece.tokens()))
                            .as("file %d, seed %d", i, seed)
                            .isEqualTo(part);
                }
                at += piece.length();
            }
            assertThat(at).as("file %d, seed %d", i, seed).isEqualTo(data.length);
        }
    }
}
