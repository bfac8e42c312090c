package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.io.WriteErrors;
import dev.weft.models.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's {@code log.jsonl}: one JSON object a line, with {@code event} and flat fields, only ever appended to. A line that
 * a crash left unfinished is cut off when the log is opened again, and overlooked when it is read. Steps after the
 * checkpoint that a run was resumed from come again after its {@code resume} line; the later ones count.
 */
public final class RunLog implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private RunLog(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static RunLog append(Path path) {
        try {
            FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.truncate(wholeLines(channel)).position(channel.size());
            return new RunLog(path, channel);
        } catch (IOException e) {
            throw WriteErrors.file(path.toString(), path, e);
        }
    }

    /** Bytes up to and with the last newline. */
    private static long wholeLines(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        long end = channel.size();
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        return end;
    }

    /**
     * Appends one event.
     *
     * @param fields flat: strings, numbers and booleans
     */
    public void write(RunEvent event, Map<String, ?> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event.toString());
        fields.forEach((name, value) -> {
            if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
                throw new IllegalArgumentException(
                        "log: " + name + " must be a string, number or boolean, got " + value);
            }
            line.put(name, value);
        });
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(Json.line(line) + "\n");
        try {
            long start = channel.position();
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                // A full disk takes part of a line.
                channel.truncate(start);
                throw e;
            }
            if (event == RunEvent.CHECKPOINT) {
                channel.force(false);
            }
        } catch (IOException e) {
            throw WriteErrors.file(path.toString(), path, e);
        }
    }

    /**
     * The events of the run in {@code run}, in order; reading needs no lock.
     *
     * @throws UserException if a line other than an unfinished last one is no JSON object
     */
    public static List<Map<String, Object>> read(Path run) {
        Path path = run.resolve(RunFolder.LOG);
        String text;
        try {
            // Not as UTF-8 strictly: an unfinished last line may end inside a character.
            text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw IoErrors.of("read", path, e);
        }
        List<Map<String, Object>> events = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            events.add(Json.parseObject(text.substring(start, end), path + ", line " + (events.size() + 1)));
            start = end + 1;
        }
        return List.copyOf(events);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw IoErrors.of("close", path, e);
        }
    }
}
