package dev.weft.models.data;

import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Text to train on, or tokens. It is counted and hashed when it is opened, and read again each time that it is needed; it may be
 * longer than memory. The first nine tenths of its characters (Unicode code points, rounded down) are for training, the rest for
 * validation; of a corpus that has tokens or weights, the first nine tenths of its tokens.
 */
public final class Corpus {

    private static final String SHIPPED = "/dev/weft/models/corpus.txt";
    /** How a person names standard input. */
    public static final String STANDARD_INPUT = "-";

    private final String origin;
    private final Consumer<CorpusReader> source;
    private final int files;
    private final int skippedHidden;
    private final int skippedBinary;
    private final long characters;
    private final long tokens;
    private final boolean hasTokens;
    private final int[] codePoints;
    private final String fingerprint;

    private Corpus(String origin, Consumer<CorpusReader> source) {
        CorpusSummary summary = new CorpusSummary();
        CorpusReader reader = new CorpusReader(summary);
        source.accept(reader);
        this.origin = origin;
        this.source = source;
        this.files = reader.files();
        this.skippedHidden = reader.skippedHidden();
        this.skippedBinary = reader.skippedBinary();
        this.characters = summary.characters();
        this.tokens = summary.tokens();
        this.hasTokens = summary.hasTokens();
        this.codePoints = summary.codePoints();
        this.fingerprint = summary.fingerprint();
        if (characters + tokens == 0) {
            String skipped = skippedHidden + skippedBinary == 0
                    ? ""
                    : " (skipped: " + skippedHidden + " hidden, " + skippedBinary + " binary)";
            throw new UserException(origin + ": has no text; a corpus must not be empty" + skipped);
        }
    }

    /** A corpus that is already text. */
    public static Corpus of(String origin, String text) {
        return new Corpus(origin, reader -> reader.readText(text));
    }

    /**
     * Reads files and folders. What a file is, its ending says: {@code .jsonl} and {@code .json} list documents with
     * {@code text}, {@code tokens} and {@code weights}, {@code .csv} has them in a column {@code text} (other JSON and CSV is text
     * as it is), {@code .gz} and {@code .zip} hold other files; all others are text. The files of a folder or archive come in the
     * order of their paths, without hidden and binary ones.
     *
     * @throws UserException if a path is missing, a named file is empty or binary, a document has none of the above, or text is
     *     not UTF-8
     */
    public static Corpus read(List<Path> paths) {
        if (paths.isEmpty()) {
            throw new UserException("corpus: needs at least one file or folder");
        }
        List<Consumer<CorpusReader>> parts = paths.stream().map(Corpus::part).toList();
        return new Corpus(
                String.join(", ", paths.stream().map(Path::toString).toList()),
                reader -> parts.forEach(part -> part.accept(reader)));
    }

    /** A pipe gives what it has once. */
    private static Consumer<CorpusReader> part(Path path) {
        if (!Files.exists(path) || Files.isDirectory(path) || Files.isRegularFile(path)) {
            return reader -> reader.read(path);
        }
        try (InputStream stream = Files.newInputStream(path)) {
            Item item = new Item(path.toString(), "", true, Spool.of(stream, path.toString()), null);
            return reader -> reader.read(item);
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        }
    }

    /** Reads one text to the stream's end. */
    public static Corpus read(InputStream stream, String origin) {
        Item.Opener spool = Spool.of(stream, origin);
        return new Corpus(origin, reader -> reader.read(new Item(origin, "", true, spool, null)));
    }

    /**
     * As a person names it: paths, or {@code -} alone for standard input, or nothing for what {@link #shipped} gives.
     *
     * @throws UserException as for {@link #read(List)}
     */
    public static Corpus named(List<String> data) {
        if (data.isEmpty()) {
            return shipped();
        }
        if (!data.contains(STANDARD_INPUT)) {
            return read(data.stream().map(Path::of).toList());
        }
        if (data.size() > 1) {
            throw new UserException("data: standard input (-) must be the only one, got " + data);
        }
        return read(System.in, "standard input");
    }

    /** This project's own sources, documentation and programs. */
    public static Corpus shipped() {
        Item.Opener opener = () -> {
            InputStream stream = Corpus.class.getResourceAsStream(SHIPPED);
            if (stream == null) {
                throw new DefectException("the corpus " + SHIPPED + " is missing from this build of weft-models");
            }
            return stream;
        };
        String origin = "Weft's own sources";
        return new Corpus(origin, reader -> reader.read(new Item(origin, "", true, opener, null)));
    }

    /** Reads all of it once more. */
    void read(CorpusSink sink) {
        CorpusSummary again = new CorpusSummary();
        source.accept(new CorpusReader(new Both(again, sink)));
        if (!again.fingerprint().equals(fingerprint)) {
            throw new UserException(origin + ": has changed while it was read; leave it alone and start again");
        }
    }

    /** Two that take the same. */
    private record Both(CorpusSink one, CorpusSink other) implements CorpusSink {
        @Override
        public void text(CharSequence piece) {
            one.text(piece);
            other.text(piece);
        }

        @Override
        public void tokens(String where, int[] ids, float @Nullable [] weights) {
            one.tokens(where, ids, weights);
            other.tokens(where, ids, weights);
        }

        @Override
        public void weighted(String where, String text, float[] weights) {
            one.weighted(where, text, weights);
            other.weighted(where, text, weights);
        }
    }

    /** What the user named, for messages. */
    public String origin() {
        return origin;
    }

    /**
     * All documents, each beginning on a line of its own.
     *
     * @throws UserException if it has documents of tokens, which are no text
     */
    public String text() {
        StringBuilder all = new StringBuilder();
        read(new CorpusSink() {
            @Override
            public void text(CharSequence piece) {
                all.append(piece);
            }

            @Override
            public void tokens(String where, int[] ids, float @Nullable [] weights) {
                throw new UserException(where + ": is tokens, not text");
            }

            @Override
            public void weighted(String where, String text, float[] weights) {
                all.append(text);
            }
        });
        return all.toString();
    }

    /** Files (and entries of archives) that were read. */
    public int files() {
        return files;
    }

    /** Files and folders left out because their name starts with a dot. */
    public int skippedHidden() {
        return skippedHidden;
    }

    /** Files left out because they are not text. */
    public int skippedBinary() {
        return skippedBinary;
    }

    /** Code points of all texts. */
    public long characters() {
        return characters;
    }

    /** Tokens of documents that came as such. */
    long tokens() {
        return tokens;
    }

    /** Whether documents came as tokens or with weights. */
    public boolean hasTokens() {
        return hasTokens;
    }

    /** The distinct characters of all texts, ascending. */
    public int[] codePoints() {
        return codePoints.clone();
    }

    /** Characters of the training part of a text. */
    long trainingCharacters() {
        // 9/10 without overflow.
        return characters / 10 * 9 + characters % 10 * 9 / 10;
    }

    /** The first nine tenths of the characters. */
    public String training() {
        return text().substring(0, split());
    }

    /** The last tenth of the characters. */
    public String validation() {
        return text().substring(split());
    }

    private int split() {
        return text().offsetByCodePoints(0, Math.toIntExact(trainingCharacters()));
    }

    /** SHA-256 of a text in UTF-8, of anything else over its documents; part of what a resumed run must find unchanged. */
    public String fingerprint() {
        return fingerprint;
    }
}
