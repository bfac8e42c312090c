package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.Hashes;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.bpe.RankedMerges;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A {@code .tiktoken} file: on each line a piece in Base64 and its rank, which is its id and how soon it is made. How text is cut and
 * what special tokens there are stands in {@code NAME.tiktoken.json} beside it: {@code pattern} (gpt2, gpt4 or a regular expression) and
 * {@code special_tokens}. Of the files that OpenAI publishes it is known.
 */
public final class TiktokenFile {

    /** How such files end. */
    public static final String ENDING = ".tiktoken";

    private static final String BESIDE = ".json";
    private static final String PATTERN = "pattern";
    private static final String SPECIAL = "special_tokens";

    private TiktokenFile() {}

    /** What a file does not say itself. */
    private record Rest(SplitPattern pattern, SequencedMap<String, Integer> special) {}

    /** Reads a file, and what lies beside it. */
    public static BpeVocabulary read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
        Path beside = beside(file);
        Rest rest = Files.exists(beside) ? rest(beside) : published(content, file);
        return read(content, file.toString(), rest.pattern(), rest.special());
    }

    /** A file's content. */
    public static BpeVocabulary read(
            byte[] content, String origin, SplitPattern pattern, SequencedMap<String, Integer> special) {
        List<byte[]> pieces = new ArrayList<>();
        Map<ByteBuffer, Integer> lines = new HashMap<>();
        int number = 0;
        for (int from = 0; from < content.length; ) {
            int to = from;
            while (to < content.length && content[to] != '\n') {
                to++;
            }
            number++;
            if (to > from) {
                piece(content, from, to, origin + ", line " + number, pieces, lines, number);
            }
            from = to + 1;
        }
        if (pieces.isEmpty()) {
            throw new UserException(origin + ": is empty; a line must be a piece in Base64 and its rank");
        }
        special.forEach((token, id) -> special(origin, pieces, token, id));
        return RankedMerges.vocabulary(pieces, pattern, special);
    }

    private static void piece(
            byte[] content,
            int from,
            int to,
            String where,
            List<byte[]> pieces,
            Map<ByteBuffer, Integer> lines,
            int number) {
        String line = new String(content, from, to - from, StandardCharsets.US_ASCII).stripTrailing();
        int space = line.indexOf(' ');
        byte[] piece;
        int rank;
        try {
            piece = Base64.getDecoder().decode(line.substring(0, Math.max(0, space)));
            rank = Integer.parseInt(line, space + 1, line.length(), 10);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    where + ": must be a piece in Base64, a space and its rank, got \"" + line + "\"", e);
        }
        if (piece.length == 0 || rank < 0 || rank >= BpeVocabulary.MOST_PIECES) {
            throw new UserException("%s: must be a piece in Base64, a space and its rank below %d, got \"%s\""
                    .formatted(where, BpeVocabulary.MOST_PIECES, line));
        }
        Integer same = lines.put(ByteBuffer.wrap(piece), number);
        if (same != null) {
            throw new UserException(where + ": has the piece of line " + same + " again");
        }
        put(pieces, rank, piece, where + ": rank " + rank);
    }

    private static void put(List<byte[]> pieces, int id, byte[] piece, String subject) {
        while (pieces.size() <= id) {
            pieces.add(new byte[0]);
        }
        if (pieces.get(id).length > 0) {
            throw new UserException(subject + " is another piece's already");
        }
        pieces.set(id, piece);
    }

    private static void special(String origin, List<byte[]> pieces, String token, int id) {
        put(pieces, id, token.getBytes(StandardCharsets.UTF_8), origin + ": special token " + token + ": id " + id);
    }

    private static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + BESIDE);
    }

    private static Rest rest(Path beside) {
        Fields fields = new Fields(beside.toString(), "", Json.readObject(beside));
        String said = fields.text(PATTERN);
        SplitPattern pattern = SplitPattern.ofRegex(said).orElseGet(() -> SplitPattern.named(said));
        SequencedMap<String, Integer> special = new LinkedHashMap<>();
        if (fields.has(SPECIAL)) {
            Fields tokens = fields.object(SPECIAL);
            for (String token : fields.map(SPECIAL).keySet()) {
                int id = tokens.integer(token);
                if (id >= BpeVocabulary.MOST_PIECES) {
                    throw new UserException(tokens.place(token) + ": must be below " + BpeVocabulary.MOST_PIECES);
                }
                special.put(token, id);
            }
        }
        return new Rest(pattern, special);
    }

    private static Rest published(byte[] content, Path file) {
        String hash = Hashes.hex(Hashes.digest().digest(content));
        return switch (hash) {
            case "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930" -> // r50k_base
                new Rest(SplitPattern.GPT2, special("<|endoftext|>", 50256));
            case "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069" -> // p50k_base
                new Rest(SplitPattern.GPT2, special("<|endoftext|>", 50256));
            case "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7" -> { // cl100k_base
                SequencedMap<String, Integer> tokens = special("<|endoftext|>", 100257);
                tokens.put("<|fim_prefix|>", 100258);
                tokens.put("<|fim_middle|>", 100259);
                tokens.put("<|fim_suffix|>", 100260);
                tokens.put("<|endofprompt|>", 100276);
                yield new Rest(SplitPattern.GPT4, tokens);
            }
            case "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d" -> // o200k_base
                throw new UserException(file
                        + ": is o200k_base, which cuts text in another way than GPT-2 and GPT-4; Weft reads those");
            default ->
                throw new UserException(
                        "%s: does not say how text is cut into words; write it to %s: {\"%s\": \"gpt4\", \"%s\": {\"<|endoftext|>\": 100257}}"
                                .formatted(file, beside(file).getFileName(), PATTERN, SPECIAL));
        };
    }

    private static SequencedMap<String, Integer> special(String token, int id) {
        SequencedMap<String, Integer> tokens = new LinkedHashMap<>();
        tokens.put(token, id);
        return tokens;
    }

    /**
     * Writes a file, and what it cannot say beside it.
     *
     * @throws UserException if ids are not in the order in which merges make them
     */
    public static void write(Path file, BpeVocabulary vocabulary) {
        List<byte[]> pieces = new ArrayList<>(vocabulary.pieces());
        vocabulary.special().values().forEach(id -> pieces.set(id, new byte[0]));
        BpeVocabulary again = RankedMerges.vocabulary(pieces, vocabulary.pattern(), Collections.emptySortedMap());
        if (!again.merges().equals(vocabulary.merges()) || again.wholeWords() != vocabulary.wholeWords()) {
            throw new UserException(file
                    + ": in a .tiktoken file ids are in the order in which merges make them, and in this vocabulary"
                    + " they are not; write " + TokenizerJson.NAME);
        }
        StringBuilder lines = new StringBuilder();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).length > 0) {
                lines.append(Base64.getEncoder().encodeToString(pieces.get(id)))
                        .append(' ')
                        .append(id)
                        .append('\n');
            }
        }
        Map<String, Object> rest = new LinkedHashMap<>();
        rest.put(PATTERN, vocabulary.pattern().regex());
        rest.put(SPECIAL, vocabulary.special());
        Json.write(beside(file), rest);
        AtomicFiles.writeString(file, lines.toString());
    }
}
