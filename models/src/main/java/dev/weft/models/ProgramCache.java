package dev.weft.models;

import dev.weft.autodiff.Differentiate;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CodeVersion;
import dev.weft.dsl.Lowering;
import dev.weft.graph.pass.Pipeline;
import dev.weft.models.io.Hashes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiled programs in the cache folder, by {@link ProgramKey}; what was found out about their texts, so that they need not be parsed to
 * have the key; and the key that was asked for last, for those who want to know why.
 */
public final class ProgramCache {

    private static final String PROGRAM = "program";
    private static final String KEY = "key";
    private static final String LAST = "last";
    private static final String NOTES = "notes";

    private final CodeStore store;
    private @Nullable String version;

    ProgramCache(CodeStore store) {
        this(store, null);
    }

    /** @param version of Weft; null for this one */
    ProgramCache(CodeStore store, @Nullable String version) {
        this.store = store;
        this.version = version;
    }

    /** One that knows nothing and keeps nothing. */
    static ProgramCache none() {
        return new ProgramCache(CodeStore.none());
    }

    /**
     * What is kept of a program.
     *
     * @param steps what the passes did to it
     * @param executable for the backend
     */
    record Kept(CompileSteps steps, byte[] executable) {

        private byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeLong(steps.lowered());
                out.writeInt(steps.steps().size());
                for (Pipeline.Step step : steps.steps()) {
                    out.writeUTF(step.pass());
                    out.writeUTF(step.summary());
                    out.writeLong(step.before());
                    out.writeLong(step.after());
                }
                out.write(executable);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            return bytes.toByteArray();
        }

        /** Passes that were not run took no time. */
        private static Optional<Kept> parse(byte[] bytes) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                long lowered = in.readLong();
                List<Pipeline.Step> steps = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    steps.add(new Pipeline.Step(in.readUTF(), in.readUTF(), in.readLong(), in.readLong(), 0));
                }
                return Optional.of(new Kept(new CompileSteps(lowered, 0, steps, true), in.readAllBytes()));
            } catch (IOException damaged) {
                return Optional.empty();
            }
        }
    }

    Optional<String> problem() {
        return store.problem();
    }

    /** What this build of Weft is known by. */
    synchronized String version() {
        if (version == null) {
            version = Hashes.sha256(CodeVersion.of(
                            Weft.class, Lowering.class, Differentiate.class, dev.weft.graph.Program.class))
                    .substring(0, ProgramKey.DIGITS);
        }
        return version;
    }

    /** Under which the notes about a file are kept; those of another version of Weft are others. */
    String notesKey(String file) {
        return Hashes.sha256(version() + "\n" + file).substring(0, ProgramKey.DIGITS);
    }

    /** What was noted about a file when it was last read, whatever it says now. */
    Optional<ProgramNotes> notes(String file) {
        if (store.folder().isEmpty()) {
            return Optional.empty();
        }
        String key = notesKey(file);
        return store.read(NOTES, key).flatMap(bytes -> ProgramNotes.parse(key, bytes));
    }

    void keep(ProgramNotes notes) {
        if (store.folder().isPresent()) {
            notes.changes().ifPresent(bytes -> store.write(NOTES, notes.key(), bytes));
        }
    }

    Optional<Kept> find(ProgramKey key) {
        return store.read(PROGRAM, key.digest()).flatMap(Kept::parse);
    }

    /** Notes what {@link #explain} tells of. */
    void asked(ProgramKey key, boolean found) {
        String asked = (found ? "found " : "missed ") + key.digest() + "\n" + key.text();
        if (!text(store, LAST).equals(Optional.of(asked))) {
            store.write(KEY, LAST, asked.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** @param made asked only where something is kept; empty if this program cannot be */
    void keep(ProgramKey key, Supplier<Optional<Kept>> made) {
        if (store.folder().isPresent()) {
            made.get().ifPresent(kept -> keep(key, kept));
        }
    }

    private void keep(ProgramKey key, Kept kept) {
        String digest = key.digest();
        store.write(PROGRAM, digest, kept.bytes());
        store.write(KEY, digest, key.text().getBytes(StandardCharsets.UTF_8));
    }

    /** What became of the last request, in words. */
    public static List<String> explain(CodeStore store) {
        Optional<String> last = text(store, LAST);
        if (last.isEmpty()) {
            return List.of("no program has been compiled with this cache");
        }
        String[] parts = last.get().split("\n", 2);
        String[] outcome = parts[0].split(" ");
        ProgramKey key = ProgramKey.parse(parts[1]);
        List<String> lines = new ArrayList<>();
        boolean found = outcome[0].equals("found");
        lines.add("the last program, %s, was %s (%s)"
                .formatted(
                        key.program(),
                        found ? "found in the cache" : "not in the cache, and was compiled",
                        outcome[1]));
        if (!found) {
            nearest(store, key, outcome[1])
                    .ifPresentOrElse(
                            changes -> {
                                lines.add("beside the nearest one that was there:");
                                changes.forEach(change -> lines.add("  " + change));
                            },
                            () -> lines.add("no other compilation of " + key.program() + " was there"));
        }
        return lines;
    }

    /** Differences to the kept program of the same name that has fewest. */
    private static Optional<List<String>> nearest(CodeStore store, ProgramKey key, String digest) {
        return store.items().stream()
                .filter(item -> item.kind().equals(KEY)
                        && !item.key().equals(LAST)
                        && !item.key().equals(digest))
                .flatMap(item -> text(store, item.key()).stream())
                .map(ProgramKey::parse)
                .filter(other -> other.program().equals(key.program()))
                .map(key::changes)
                .filter(changes -> !changes.isEmpty())
                .min(Comparator.comparingInt(List::size));
    }

    private static Optional<String> text(CodeStore store, String key) {
        return store.read(KEY, key).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
