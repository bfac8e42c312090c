package dev.weft.models.tokenizer.bpe;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.weft.models.SharedData;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import dev.weft.models.tokenizer.RandomText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GPT-2's ids are those of JTokkit, and of the definition. */
class BpeEncoderTest {

    private static final int TEXTS = Boolean.getBoolean("weft.slow") ? 200_000 : 4_000;

    private final Gpt2Tokenizer gpt2 = new Gpt2Tokenizer();
    private final Encoding peer = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

    private void compare(String text, String origin) {
        int[] ids = gpt2.encode(text);

        assertThat(ids).as(origin).isEqualTo(peer.encodeOrdinary(text).toArray());
        assertThat(gpt2.decodeBytes(ids)).as(origin).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyFileOfTheTestDataHasThePeersIds() throws IOException {
        Path folder = SharedData.file("README.md").getParent();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String text = new String(bytes, StandardCharsets.UTF_8);
                if (bytes.length < 1 << 22 && text.indexOf('\ufffd') < 0) {
                    compare(text, file.toString());
                }
                int[] ids = gpt2.encodeBytes(bytes);
                assertThat(gpt2.decodeBytes(ids)).as(file.toString()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void randomUnicodeHasThePeersIds() {
        for (int seed = 0; seed < TEXTS; seed++) {
            compare(RandomText.unicode(new Random(seed), 1 + seed % 120), "seed " + seed);
        }
    }

    @Test
    void everyPieceIsItself() {
        for (int id = 0; id < gpt2.vocabularySize() - 1; id++) {
            byte[] piece = gpt2.bytes(id);
            String text = new String(piece, StandardCharsets.UTF_8);
            if (text.indexOf('\ufffd') < 0) {
                assertThat(gpt2.encode(text))
                        .as("id %d", id)
                        .isEqualTo(peer.encodeOrdinary(text).toArray());
            }
        }
    }

    /** What is no UTF-8 has no ids at the peer, which takes text alone: here the definition is the judge. */
    @Test
    void randomBytesHaveTheIdsOfTheDefinition() {
        Map<ByteBuffer, Integer> ranks = new HashMap<>();
        for (int id = 0; id < gpt2.vocabularySize() - 1; id++) {
            ranks.put(ByteBuffer.wrap(gpt2.bytes(id)), id);
        }
        for (int seed = 0; seed < TEXTS; seed++) {
            byte[] bytes = RandomText.bytes(new Random(seed), seed % 150);

            int[] ids = gpt2.encodeBytes(bytes);

            assertThat(ids).as("seed %d", seed).isEqualTo(byDefinition(ranks, bytes));
            assertThat(gpt2.decodeBytes(ids)).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    private int[] byDefinition(Map<ByteBuffer, Integer> ranks, byte[] bytes) {
        List<Integer> ids = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int to = gpt2.vocabulary().pattern().next(bytes, from, bytes.length);
            List<Integer> ends = new ArrayList<>();
            for (int at = from; at <= to; at++) {
                ends.add(at);
            }
            for (int best = 0; best >= 0; ) {
                best = -1;
                int lowest = Integer.MAX_VALUE;
                for (int i = 0; i + 2 < ends.size(); i++) {
                    int start = ends.get(i);
                    int rank = ranks.getOrDefault(
                            ByteBuffer.wrap(bytes, start, ends.get(i + 2) - start)
                                    .slice(),
                            Integer.MAX_VALUE);
                    if (rank < lowest) {
                        lowest = rank;
                        best = i;
                    }
                }
                if (best >= 0) {
                    ends.remove(best + 1);
                }
            }
            for (int i = 0; i + 1 < ends.size(); i++) {
                ids.add(ranks.get(ByteBuffer.wrap(bytes, ends.get(i), ends.get(i + 1) - ends.get(i))
                        .slice()));
            }
            from = to;
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void longWordsAndRunsHaveThePeersIds() {
        Random random = new Random(3);
        for (String unit : List.of("a", " ", "\n", "ab", "\uffff", "é", "0", "!?", "the")) {
            for (int length : new int[] {1, 15, 16, 17, 95, 96, 97, 98, 500}) {
                compare(unit.repeat(length), length + " times " + unit);
            }
        }
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            word.append((char) ('a' + random.nextInt(6)));
        }
        compare(word.toString(), "a word of 3,000 letters");
        assertThat(gpt2.encode("")).isEmpty();
    }

    @Test
    void manyThreadsSeeTheSameIds() throws InterruptedException {
        String text = RandomText.unicode(new Random(5), 200_000);
        int[] expected = gpt2.encode(text);
        Gpt2Tokenizer shared = new Gpt2Tokenizer();
        List<int[]> seen = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                int[] ids = shared.encode(text);
                synchronized (seen) {
                    seen.add(ids);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(seen).hasSize(4).allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
    }
}
