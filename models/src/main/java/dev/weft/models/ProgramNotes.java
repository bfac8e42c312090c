package dev.weft.models;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What was found out about a file of a program when it was parsed and checked: its texts, and answers to questions about it. As long as
 * the texts are the same, the answers are, and nobody has to read the file again to have them. Safe for many threads.
 */
final class ProgramNotes {

    /** Answers that are kept; the oldest go first. */
    private static final int MOST_ANSWERS = 256;

    private static final int MOST_BYTES = 1 << 26;

    /**
     * A text that was read: the file itself, which comes first, or something it imports, directly or not.
     *
     * @param name without a suffix, as it is imported
     * @param isShipped whether it is one of those that came with this version of Weft; {@code text} and {@code hash} are empty then
     * @param hash of the text, short
     */
    record Text(String name, boolean isShipped, String text, String hash) {}

    private final String key;
    private final List<Text> texts;
    private final SequencedMap<String, String> answers = new LinkedHashMap<>();
    private boolean changed;

    /** @param key under which the cache keeps them */
    ProgramNotes(String key, List<Text> texts) {
        this.key = key;
        this.texts = List.copyOf(texts);
        this.changed = true;
    }

    String key() {
        return key;
    }

    List<Text> texts() {
        return texts;
    }

    synchronized Optional<String> answer(String question) {
        return Optional.ofNullable(answers.get(question));
    }

    synchronized void note(String question, String answer) {
        answers.put(question, answer);
        while (answers.size() > MOST_ANSWERS) {
            answers.pollFirstEntry();
        }
        changed = true;
    }

    /** The bytes to keep, if something was noted since they were last asked for. */
    synchronized Optional<byte[]> changes() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(texts.size());
            for (Text text : texts) {
                write(text.name(), out);
                out.writeBoolean(text.isShipped());
                write(text.text(), out);
                write(text.hash(), out);
            }
            out.writeInt(answers.size());
            for (Map.Entry<String, String> answer : answers.entrySet()) {
                write(answer.getKey(), out);
                write(answer.getValue(), out);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Optional.of(bytes.toByteArray());
    }

    /** From what {@link #changes} gave; empty if it is damaged. */
    static Optional<ProgramNotes> parse(String key, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            List<Text> texts = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                texts.add(new Text(read(in), in.readBoolean(), read(in), read(in)));
            }
            ProgramNotes notes = new ProgramNotes(key, texts);
            for (int left = in.readInt(); left > 0; left--) {
                notes.note(read(in), read(in));
            }
            notes.changed = false;
            return texts.isEmpty() ? Optional.empty() : Optional.of(notes);
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }

    /** Texts may be longer than {@link DataOutputStream#writeUTF} takes. */
    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("notes: no text is %d bytes long".formatted(length));
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
