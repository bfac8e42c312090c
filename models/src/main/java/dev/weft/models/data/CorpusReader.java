package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads files, folders and archives once, in a fixed order, and holds no more of them than a document of JSON. */
final class CorpusReader {

    /** A file is binary if there is a zero byte in its first 8,000, as Git has it. */
    private static final int LOOKED_AT = 8000;
    /** Enough to see which columns or fields there are. */
    private static final int HEAD = 1 << 16;

    private final CorpusSink sink;
    private final CorpusText text;
    private final Documents documents;
    private int files;
    private int skippedHidden;
    private int skippedBinary;

    CorpusReader(CorpusSink sink) {
        this.sink = sink;
        this.text = new CorpusText(sink);
        this.documents = new Documents(text, sink);
    }

    int files() {
        return files;
    }

    int skippedHidden() {
        return skippedHidden;
    }

    int skippedBinary() {
        return skippedBinary;
    }

    /** A text that is there already. */
    void readText(String content) {
        files++;
        sink.text(content);
    }

    void read(Path path) {
        if (!Files.exists(path)) {
            throw new UserException(path + ": there is no such file or folder to read a corpus from");
        }
        if (Files.isDirectory(path)) {
            readFolder(path);
        } else {
            read(file(path, true));
        }
    }

    void read(Item item) {
        try {
            dispatch(item, null);
        } catch (IOException e) {
            throw IoErrors.of("read", Path.of(item.origin()), e);
        }
    }

    private static Item file(Path path, boolean named) {
        String name = path.getFileName().toString();
        return new Item(path.toString(), name, named, () -> Files.newInputStream(path), path);
    }

    private void readFolder(Path folder) {
        List<Path> entries;
        try (Stream<Path> listed = Files.list(folder)) {
            entries = listed.sorted().toList();
        } catch (IOException e) {
            throw IoErrors.of("list", folder, e);
        }
        for (Path entry : entries) {
            if (entry.getFileName().toString().startsWith(".")) {
                skippedHidden++;
            } else if (Files.isDirectory(entry)) {
                // A link to a folder may lead back up.
                if (!Files.isSymbolicLink(entry)) {
                    readFolder(entry);
                }
            } else if (Files.isRegularFile(entry)) {
                read(file(entry, false));
            } else {
                skippedBinary++;
            }
        }
    }

    /** @param budget of the archive that it is in, if it is in one */
    private void dispatch(Item item, @Nullable Budget budget) throws IOException {
        String lower = item.name().toLowerCase(Locale.ROOT);
        if (lower.endsWith(".zip")) {
            zip(item, budget);
        } else if (lower.endsWith(".gz")) {
            gzip(item, budget);
        } else {
            try (InputStream stream = item.opener().open()) {
                plain(item, lower, stream);
            }
        }
    }

    private void gzip(Item item, @Nullable Budget outer) throws IOException {
        String inside = item.name().substring(0, item.name().length() - ".gz".length());
        Item.Opener opener = () -> {
            Budget budget = outer == null ? budget(item) : outer;
            return budget.count(new GZIPInputStream(item.opener().open(), HEAD));
        };
        try {
            dispatch(new Item(item.origin(), inside, item.named(), opener, null), outer == null ? budget(item) : outer);
        } catch (ZipException | EOFException e) {
            throw damaged(item.origin(), "gzip", e);
        }
    }

    private static Budget budget(Item archive) throws IOException {
        Path file = archive.file();
        return new Budget(archive.origin(), file == null ? 0 : Files.size(file));
    }

    private void zip(Item item, @Nullable Budget outer) throws IOException {
        Path file = item.file();
        if (file != null) {
            zip(item, file, outer == null ? budget(item) : outer);
            return;
        }
        // An archive within an archive, or in a stream: its list of entries is at its end.
        Path copy = Files.createTempFile("weft-", ".zip");
        try {
            try (InputStream stream = item.opener().open()) {
                Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            zip(item, copy, outer == null ? new Budget(item.origin(), Files.size(copy)) : outer);
        } finally {
            Files.delete(copy);
        }
    }

    private void zip(Item item, Path file, Budget budget) throws IOException {
        String origin = item.origin();
        try (ZipFile zip = open(origin, file)) {
            List<? extends ZipEntry> entries = zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            if (entries.isEmpty()) {
                throw new UserException(origin + ": is empty or not a zip archive");
            }
            for (ZipEntry entry : entries) {
                if (Stream.of(entry.getName().split("/")).anyMatch(part -> part.startsWith("."))) {
                    skippedHidden++;
                } else {
                    String inner = origin + "!" + entry.getName();
                    Item.Opener opener = () -> budget.count(zip.getInputStream(entry));
                    dispatch(new Item(inner, entry.getName(), false, opener, null), budget);
                }
            }
        } catch (ZipException | EOFException e) {
            throw damaged(origin, "zip", e);
        }
    }

    private static ZipFile open(String origin, Path file) throws IOException {
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new UserException(origin + ": is empty or not a zip archive: " + e.getMessage(), e);
        }
    }

    private static UserException damaged(String origin, String format, Exception cause) {
        String reason =
                cause instanceof EOFException || cause.getMessage() == null ? "it ends too early" : cause.getMessage();
        return new UserException(origin + ": is a damaged " + format + " file, or none: " + reason, cause);
    }

    private void plain(Item item, String lower, InputStream stream) throws IOException {
        byte[] head = stream.readNBytes(HEAD);
        if (isBinary(head)) {
            if (item.named()) {
                throw new UserException(item.origin() + ": is binary, not text (it has a zero byte near its start)");
            }
            skippedBinary++;
            return;
        }
        if (item.named() && head.length == 0) {
            throw new UserException(item.origin() + ": is empty; a corpus must have text");
        }
        files++;
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), stream);
        if (lower.endsWith(".jsonl")) {
            documents.jsonLines(whole, item.origin());
        } else if (lower.endsWith(".json") && Documents.isList(head)) {
            documents.json(whole, item.origin());
        } else if (lower.endsWith(".csv") && Documents.hasTextColumn(head, item.origin())) {
            documents.csv(whole, item.origin());
        } else {
            text.document(whole, item.origin());
        }
    }

    private static boolean isBinary(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, LOOKED_AT); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
