package dev.weft.models.data;

import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.models.io.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Text to train on. The first nine tenths of its characters (Unicode code points, rounded down) are for training, the rest
 * for validation.
 *
 * @param origin        what the user named, for messages
 * @param text          all documents, each beginning on a line of its own
 * @param files         files (and entries of archives) that were read
 * @param skippedHidden files and folders left out because their name starts with a dot
 * @param skippedBinary files left out because they are not text
 */
public record Corpus(String origin, String text, int files, int skippedHidden, int skippedBinary) {

    private static final String SHIPPED = "/dev/weft/models/corpus.txt";

    public Corpus {
        if (text.isEmpty()) {
            throw new UserException(
                    origin + ": has no text; a corpus must not be empty" + skipped(skippedHidden, skippedBinary));
        }
    }

    /** A corpus that is already text. */
    public static Corpus of(String origin, String text) {
        return new Corpus(origin, text, 1, 0, 0);
    }

    /**
     * Reads files ({@code .jsonl}: the {@code text} of each line; {@code .gz} and {@code .zip}: what is inside; all others:
     * as they are), and folders, whose files come in the order of their paths, without hidden and binary ones.
     *
     * @throws UserException if a path is missing, a named file is empty or binary, or text is not UTF-8
     */
    public static Corpus read(List<Path> paths) {
        if (paths.isEmpty()) {
            throw new UserException("corpus: needs at least one file or folder");
        }
        CorpusReader reader = new CorpusReader();
        paths.forEach(reader::read);
        return reader.corpus(
                String.join(", ", paths.stream().map(Path::toString).toList()));
    }

    /** Reads one text to the stream's end. */
    public static Corpus read(InputStream stream, String origin) {
        CorpusReader reader = new CorpusReader();
        reader.read(stream, origin);
        return reader.corpus(origin);
    }

    /** This project's own sources, documentation and programs. */
    public static Corpus shipped() {
        try (InputStream stream = Corpus.class.getResourceAsStream(SHIPPED)) {
            if (stream == null) {
                throw new DefectException("the corpus " + SHIPPED + " is missing from this build of weft-models");
            }
            return read(stream, "Weft's own sources");
        } catch (IOException e) {
            throw new DefectException("the corpus " + SHIPPED + " cannot be read", e);
        }
    }

    public int characters() {
        return text.codePointCount(0, text.length());
    }

    /** The first nine tenths of the characters. */
    public String training() {
        return text.substring(0, split());
    }

    /** The last tenth of the characters. */
    public String validation() {
        return text.substring(split());
    }

    private int split() {
        return text.offsetByCodePoints(0, (int) (characters() * 9L / 10));
    }

    /** SHA-256 of the text; part of what a resumed run must find unchanged. */
    public String fingerprint() {
        return Hashes.sha256(text);
    }

    private static String skipped(int hidden, int binary) {
        return hidden + binary == 0 ? "" : " (skipped: " + hidden + " hidden, " + binary + " binary)";
    }
}
