package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.Spelling.SpelledMerge;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code vocab.json} (piece to id) and {@code merges.txt} (pairs of pieces, the most urgent first), in which every byte is spelled by
 * a printable letter. They say nothing about how text is cut: it is GPT-2's way.
 */
public final class MergesFiles {

    /** Pieces and their ids. */
    public static final String VOCABULARY = "vocab.json";
    /** Pairs of pieces. */
    public static final String MERGES = "merges.txt";

    private static final String END_OF_TEXT = "<|endoftext|>";

    private MergesFiles() {}

    /** Whether {@code folder} has both. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(VOCABULARY)) && Files.exists(folder.resolve(MERGES));
    }

    /** Reads both. */
    public static BpeVocabulary read(Path folder) {
        Path file = folder.resolve(VOCABULARY);
        Map<String, Object> ids = Json.readObject(file);
        Spelling spelling = new Spelling(file.toString(), ids.size());
        ids.forEach(spelling::piece);
        Integer end = spelling.id(END_OF_TEXT);
        return spelling.vocabulary(
                readMerges(folder.resolve(MERGES)),
                false,
                SplitPattern.GPT2,
                end == null ? Map.of() : Map.of(END_OF_TEXT, end));
    }

    private static List<SpelledMerge> readMerges(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
        List<SpelledMerge> merges = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !(i == 0 && line.startsWith("#version"))) {
                merges.add(merge(line, file + ", line " + (i + 1)));
            }
        }
        return merges;
    }

    /** Two pieces with a space between. */
    static SpelledMerge merge(String line, String where) {
        int space = line.indexOf(' ');
        if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
            throw new UserException(where + ": must be two pieces with a space between, got \"" + line + "\"");
        }
        return new SpelledMerge(line.substring(0, space), line.substring(space + 1), where);
    }

    /** Whether these files can say what a vocabulary is. */
    public static boolean canSay(BpeVocabulary vocabulary) {
        return vocabulary.pattern() == SplitPattern.GPT2
                && !vocabulary.wholeWords()
                && Set.of(END_OF_TEXT).containsAll(vocabulary.special().keySet());
    }

    /** @throws UserException if the vocabulary has something that these files cannot say */
    public static void write(Path folder, BpeVocabulary vocabulary) {
        if (!canSay(vocabulary)) {
            throw new UserException(
                    "%s and %s: hold vocabularies that cut text as gpt2 does and have no special token but %s; this one is cut as %s and has %s; write %s"
                            .formatted(
                                    VOCABULARY,
                                    MERGES,
                                    END_OF_TEXT,
                                    vocabulary.pattern(),
                                    vocabulary.special().keySet(),
                                    TokenizerJson.NAME));
        }
        Json.write(folder.resolve(VOCABULARY), Spelling.spelled(vocabulary));
        StringBuilder lines = new StringBuilder("#version: 0.2\n");
        Spelling.merges(vocabulary).forEach(line -> lines.append(line).append('\n'));
        AtomicFiles.writeString(folder.resolve(MERGES), lines.toString());
    }
}
