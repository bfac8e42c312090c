package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** Gathers the text of files, folders and archives, in a fixed order. */
final class CorpusReader {

    /** All text is held in one string; an archive that unpacks to more is refused while it is read. */
    private static final int MOST_BYTES = 1 << 30;
    /** A file is binary if there is a zero byte in its first 8,000, as Git has it. */
    private static final int LOOKED_AT = 8000;

    private final StringBuilder text = new StringBuilder();
    private int files;
    private int skippedHidden;
    private int skippedBinary;

    Corpus corpus(String origin) {
        return new Corpus(origin, text.toString(), files, skippedHidden, skippedBinary);
    }

    void read(Path path) {
        if (!Files.exists(path)) {
            throw new UserException(path + ": there is no such file or folder to read a corpus from");
        }
        if (Files.isDirectory(path)) {
            readFolder(path);
        } else {
            readFile(path, true);
        }
    }

    void read(InputStream stream, String origin) {
        try {
            readBytes(limited(stream, origin), origin, "", true);
        } catch (IOException e) {
            throw IoErrors.of("read", Path.of(origin), e);
        }
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
            } else {
                readFile(entry, false);
            }
        }
    }

    private void readFile(Path file, boolean named) {
        try (InputStream stream = Files.newInputStream(file)) {
            readBytes(
                    limited(stream, file.toString()),
                    file.toString(),
                    file.getFileName().toString(),
                    named);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
    }

    /** By the ending of {@code name}; {@code named} files must be text, others are skipped if they are not. */
    private void readBytes(byte[] bytes, String origin, String name, boolean named) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".zip")) {
            readZip(bytes, origin);
        } else if (lower.endsWith(".gz")) {
            readBytes(unzipped(bytes, origin), origin, name.substring(0, name.length() - ".gz".length()), named);
        } else if (isBinary(bytes)) {
            if (named) {
                throw new UserException(origin + ": is binary, not text (it has a zero byte near its start)");
            }
            skippedBinary++;
        } else if (named && bytes.length == 0) {
            throw new UserException(origin + ": is empty; a corpus must have text");
        } else if (lower.endsWith(".jsonl")) {
            files++;
            readJsonLines(decode(bytes, origin), origin);
        } else {
            files++;
            append(decode(bytes, origin), origin);
        }
    }

    private void readZip(byte[] bytes, String origin) {
        TreeMap<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            long total = 0;
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.isDirectory()) {
                    continue;
                }
                if (Stream.of(entry.getName().split("/")).anyMatch(part -> part.startsWith("."))) {
                    skippedHidden++;
                    continue;
                }
                byte[] content = limited(zip, origin);
                total += content.length;
                requireRoom(total, origin);
                entries.put(entry.getName(), content);
            }
        } catch (IOException e) {
            throw damaged(origin, "zip", e);
        }
        if (entries.isEmpty()) {
            throw new UserException(origin + ": is empty or not a zip archive");
        }
        entries.forEach((name, content) -> readBytes(content, origin + "!" + name, name, false));
    }

    private static byte[] unzipped(byte[] bytes, String origin) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return limited(gzip, origin);
        } catch (IOException e) {
            throw damaged(origin, "gzip", e);
        }
    }

    private static UserException damaged(String origin, String format, IOException cause) {
        String reason = cause instanceof ZipException ? cause.getMessage() : "it ends too early";
        return new UserException(origin + ": is a damaged " + format + " file: " + reason, cause);
    }

    private static byte[] limited(InputStream stream, String origin) throws IOException {
        byte[] bytes = stream.readNBytes(MOST_BYTES + 1);
        requireRoom(bytes.length, origin);
        return bytes;
    }

    private static void requireRoom(long bytes, String origin) {
        if (bytes > MOST_BYTES) {
            throw new UserException(origin + ": a corpus must have at most " + MOST_BYTES + " bytes of text, got more");
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

    private static String decode(byte[] bytes, String origin) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new UserException(origin
                    + ": must be UTF-8, got the byte 0x%02x at offset %d; convert it first"
                            .formatted(bytes[in.position()], in.position()));
        }
        String decoded = out.flip().toString();
        return decoded.startsWith("\ufeff") ? decoded.substring(1) : decoded;
    }

    private void readJsonLines(String content, String origin) {
        int line = 0;
        for (String row : content.split("\n", -1)) {
            line++;
            if (row.isBlank()) {
                continue;
            }
            String where = origin + ", line " + line;
            if (!(Json.parseObject(row, where).get("text") instanceof String document)) {
                throw new UserException(where + ": must be an object with a string \"text\"");
            }
            append(document, where);
        }
    }

    private void append(String document, String origin) {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n' && !document.isEmpty()) {
            text.append('\n');
        }
        requireRoom((long) text.length() + document.length(), origin);
        text.append(document);
    }
}
