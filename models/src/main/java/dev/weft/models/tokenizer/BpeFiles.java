package dev.weft.models.tokenizer;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code vocab.json} (piece to id) and {@code merges.txt} (pairs of pieces, the most urgent first) of a byte-level BPE, in
 * which every byte is spelled by a printable character (GPT-2's {@code bytes_to_unicode}).
 *
 * @param pieces the spelling of each id
 * @param merges pairs of spellings, in order
 */
record BpeFiles(List<String> pieces, List<Merge> merges) {

    static final String VOCABULARY = "vocab.json";
    static final String MERGES = "merges.txt";
    /** No vocabulary in use comes near; a larger id is a broken file, not a reason to reserve memory. */
    private static final int MOST_PIECES = 1 << 24;

    record Merge(String left, String right) {}

    BpeFiles {
        pieces = List.copyOf(pieces);
        merges = List.copyOf(merges);
    }

    static BpeFiles read(Path folder) {
        return new BpeFiles(readPieces(folder.resolve(VOCABULARY)), readMerges(folder.resolve(MERGES)));
    }

    private static List<String> readPieces(Path file) {
        Map<String, Object> ids = Json.readObject(file);
        if (ids.isEmpty() || ids.size() > MOST_PIECES) {
            throw new UserException(file + ": must name between 1 and " + MOST_PIECES + " pieces, got " + ids.size());
        }
        @Nullable String[] pieces = new @Nullable String[ids.size()];
        ids.forEach((piece, value) -> {
            if (!(value instanceof Integer id) || id < 0 || id >= pieces.length) {
                throw new UserException(file + ": ids must be the numbers from 0 to " + (pieces.length - 1) + ", got "
                        + value + " for \"" + piece + "\"");
            }
            if (pieces[id] != null) {
                throw new UserException(
                        file + ": id " + id + " is given to both \"" + pieces[id] + "\" and \"" + piece + "\"");
            }
            pieces[id] = piece;
        });
        return Arrays.stream(pieces).map(piece -> piece == null ? "" : piece).toList();
    }

    private static List<Merge> readMerges(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
        return lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                .map(line -> merge(line, file))
                .toList();
    }

    private static Merge merge(String line, Path file) {
        int space = line.indexOf(' ');
        if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
            throw new UserException(file + ": a line must be two pieces with a space between, got \"" + line + "\"");
        }
        return new Merge(line.substring(0, space), line.substring(space + 1));
    }

    /** Whether they are as many as GPT-2's, whose tables are too large to be loaded for a look at any other vocabulary. */
    boolean sizedLikeGpt2() {
        return pieces.size() == Gpt2Tokenizer.SIZE && merges.size() == Gpt2Tokenizer.SIZE - 1 - 256;
    }

    /** The same ids for the same bytes, and merges in the order of the ids that they make: then GPT-2's own code will do. */
    boolean equalGpt2(Gpt2Tokenizer gpt2) {
        int size = gpt2.vocabularySize();
        for (int id = 0; id < size - 1; id++) {
            if (!ByteLetters.spell(gpt2.bytes(id)).equals(pieces.get(id))) {
                return false;
            }
        }
        for (int rank = 0; rank < merges.size(); rank++) {
            Merge merge = merges.get(rank);
            if (!(merge.left() + merge.right()).equals(pieces.get(256 + rank))) {
                return false;
            }
        }
        return true;
    }
}
