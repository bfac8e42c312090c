package dev.weft.models.tokenizer;

import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.Hashes;
import dev.weft.models.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A byte-level BPE with a vocabulary of its own, as {@code vocab.json} and {@code merges.txt} say. Text is cut into words
 * by GPT-2's pattern; in each word the pair of neighbours that stands first among the merges is joined, until none is left.
 */
public final class BpeTokenizer implements Tokenizer {

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final Pattern WORD = Pattern.compile(
            "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private record Pair(int left, int right) {}

    private record Joined(int rank, int id) {}

    private final String name;
    private final BpeFiles files;
    private final List<byte[]> bytes;
    private final int[] idOfByte = new int[256];
    private final Map<Pair, Joined> merges = new HashMap<>();
    private final OptionalInt endOfText;

    BpeTokenizer(String name, BpeFiles files) {
        this.name = name;
        this.files = files;
        Map<String, Integer> ids = new HashMap<>();
        bytes = new ArrayList<>(files.pieces().size());
        for (String piece : files.pieces()) {
            ids.put(piece, bytes.size());
            // A special token stands for its own spelling.
            bytes.add(ByteLetters.bytes(piece).orElseGet(() -> piece.getBytes(StandardCharsets.UTF_8)));
        }
        for (int b = 0; b < 256; b++) {
            idOfByte[b] = ids.getOrDefault(Character.toString(ByteLetters.letter((byte) b)), -1);
        }
        for (BpeFiles.Merge merge : files.merges()) {
            Pair pair = new Pair(id(ids, merge.left()), id(ids, merge.right()));
            merges.putIfAbsent(pair, new Joined(merges.size(), id(ids, merge.left() + merge.right())));
        }
        Integer end = ids.get(END_OF_TEXT);
        endOfText = end == null ? OptionalInt.empty() : OptionalInt.of(end);
    }

    private int id(Map<String, Integer> ids, String piece) {
        Integer id = ids.get(piece);
        if (id == null) {
            throw new UserException(name + ": " + BpeFiles.MERGES + " uses \"" + piece + "\", which "
                    + BpeFiles.VOCABULARY + " does not have");
        }
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int vocabularySize() {
        return bytes.size();
    }

    @Override
    public int[] encode(String text) {
        Map<String, int[]> known = new HashMap<>();
        int[] ids = new int[Math.max(16, text.length() / 2)];
        int count = 0;
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            int[] word = known.computeIfAbsent(words.group(), this::encodeWord);
            if (count + word.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + word.length));
            }
            System.arraycopy(word, 0, ids, count, word.length);
            count += word.length;
        }
        return Arrays.copyOf(ids, count);
    }

    /** A pair that may be joined: the piece at {@code left} and its right neighbour, if both still are what they were. */
    private record Candidate(int rank, int left, int leftId, int right, int rightId, int id)
            implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return rank != other.rank ? Integer.compare(rank, other.rank) : Integer.compare(left, other.left);
        }
    }

    /** Pieces as a linked list over positions, pairs in a queue by rank: n log n, however long the word. */
    private int[] encodeWord(String word) {
        int[] id = idsOfBytes(word);
        int n = id.length;
        int[] next = new int[n];
        int[] previous = new int[n];
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        PriorityQueue<Candidate> queue = new PriorityQueue<>();
        for (int i = 0; i < n; i++) {
            offer(queue, id, i, i + 1);
        }
        for (Candidate pair = queue.poll(); pair != null; pair = queue.poll()) {
            boolean stale =
                    id[pair.left] != pair.leftId || next[pair.left] != pair.right || id[pair.right] != pair.rightId;
            if (stale) {
                continue;
            }
            id[pair.left] = pair.id;
            id[pair.right] = -1;
            next[pair.left] = next[pair.right];
            if (next[pair.left] < n) {
                previous[next[pair.left]] = pair.left;
            }
            offer(queue, id, previous[pair.left], pair.left);
            offer(queue, id, pair.left, next[pair.left]);
        }
        return Arrays.stream(id).filter(piece -> piece >= 0).toArray();
    }

    private int[] idsOfBytes(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = idOfByte[utf8[i] & 0xff];
            if (ids[i] < 0) {
                throw new UserException("%s: the vocabulary has no piece for the byte 0x%02x, found in \"%s\""
                        .formatted(name, utf8[i], word));
            }
        }
        return ids;
    }

    private void offer(PriorityQueue<Candidate> queue, int[] id, int left, int right) {
        if (left < 0 || right >= id.length) {
            return;
        }
        Joined joined = merges.get(new Pair(id[left], id[right]));
        if (joined != null) {
            queue.add(new Candidate(joined.rank, left, id[left], right, id[right], joined.id));
        }
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= bytes.size()) {
            throw Tokenizers.unknownId(this, id);
        }
        return bytes.get(id).clone();
    }

    @Override
    public OptionalInt endOfText() {
        return endOfText;
    }

    @Override
    public String fingerprint() {
        return "bpe:" + Hashes.sha256(String.join("\n", files.pieces()) + "\n\n" + mergeLines());
    }

    @Override
    public void save(Path folder) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String piece : files.pieces()) {
            ids.put(piece, ids.size());
        }
        Json.write(folder.resolve(BpeFiles.VOCABULARY), ids);
        AtomicFiles.writeString(folder.resolve(BpeFiles.MERGES), mergeLines());
    }

    private String mergeLines() {
        return files.merges().stream()
                .map(merge -> merge.left() + " " + merge.right() + "\n")
                .collect(Collectors.joining());
    }
}
