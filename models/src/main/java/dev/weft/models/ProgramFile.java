package dev.weft.models;

import dev.weft.dsl.Module;
import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.models.ProgramNotes.Text;
import dev.weft.models.io.Hashes;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A file with what it imports, which passes all checks. It is parsed and checked at once; or, where that was done before with the same
 * texts, only when somebody asks for more than was noted then. Safe for many threads.
 */
final class ProgramFile {

    private static final String SHIPPED = "shipped";
    private static final int DIGITS = 32;

    private final Place place;
    private final ProgramCache cache;
    private @Nullable ProgramNotes notes;
    private @Nullable Module module;

    private ProgramFile(Place place, ProgramCache cache, @Nullable ProgramNotes notes, @Nullable Module module) {
        this.place = place;
        this.cache = cache;
        this.notes = notes;
        this.module = module;
    }

    /**
     * Where a program is.
     *
     * @param name a path, or what a shipped program is called
     * @param file null for a shipped program
     * @param text null for what it says in that place
     */
    record Place(String name, @Nullable Path file, @Nullable String text) {

        static Place shipped(String name) {
            return new Place(name, null, null);
        }

        static Place file(Path file) {
            return new Place(file.toString(), file, null);
        }

        /** No place at all: a program in memory, which may import shipped ones. */
        static Place nowhere(String name, String text) {
            return new Place(name, null, text);
        }

        boolean isShipped() {
            return file == null && text == null;
        }

        /** Where imports are looked for before those that are shipped. */
        @Nullable
        Path folder() {
            return file == null ? null : file.toAbsolutePath().getParent();
        }

        private Source read() {
            if (text != null) {
                return new Source(name + ShippedPrograms.SUFFIX, text);
            }
            return file == null ? ShippedPrograms.find(name) : ShippedPrograms.read(file);
        }

        /** What stands for it among all others. */
        private String identity() {
            return file == null ? SHIPPED + " " + name : "file " + file.toAbsolutePath();
        }
    }

    /**
     * The file in a place.
     *
     * @throws ProgramException if it does not pass the checks
     * @throws dev.weft.graph.UserException if there is no such file
     */
    static ProgramFile of(Place place, ProgramCache cache) {
        Optional<ProgramNotes> known = place.text() == null ? cache.notes(place.identity()) : Optional.empty();
        ProgramFile file = new ProgramFile(place, cache, known.orElse(null), null);
        if (known.isEmpty() || !(place.isShipped() || isStill(known.get(), place))) {
            file.read();
        }
        return file;
    }

    /** One that is known to be shipped: it is looked at when somebody asks for it. */
    static ProgramFile shipped(String name, ProgramCache cache) {
        return new ProgramFile(Place.shipped(name), cache, null, null);
    }

    /** Whether there is a shipped program of this name. */
    static boolean isThere(Place shipped, ProgramCache cache) {
        return cache.notes(shipped.identity()).isPresent()
                || ShippedPrograms.shipped(shipped.name()).isPresent();
    }

    /** Whether a file, and all that it imports, reads as it did. What is shipped is the same as long as Weft is. */
    private static boolean isStill(ProgramNotes notes, Place place) {
        String root = notes.texts().getFirst().name();
        for (Text text : notes.texts()) {
            boolean isRoot = text.name().equals(root);
            Optional<Path> file =
                    isRoot ? Optional.ofNullable(place.file()) : ShippedPrograms.beside(place.folder(), text.name());
            boolean same = text.isShipped()
                    ? file.isEmpty()
                    : file.filter(at -> ShippedPrograms.read(at).text().equals(text.text()))
                            .isPresent();
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** As it is now. */
    private ProgramNotes read() {
        Source source = place.read();
        // The shipped programs are checked by the tests.
        Module read = passed(
                source,
                place.isShipped()
                        ? Sources.load(source, ShippedPrograms.resolver(null))
                        : Sources.check(source, ShippedPrograms.resolver(place.folder())));
        String key = place.text() == null ? cache.notesKey(place.identity()) : "";
        ProgramNotes fresh = new ProgramNotes(key, texts(read, place.isShipped()));
        module = read;
        notes = fresh;
        return fresh;
    }

    /** As it was when it was noted, also if somebody has changed it since; that it passes the checks is known. */
    private Module readAgain(ProgramNotes known) {
        Text root = known.texts().getFirst();
        Path folder = place.folder();
        Source source = root.isShipped() ? place.read() : source(root, place.name());
        Module read = passed(source, Sources.load(source, new SourceResolver() {
            @Override
            public Optional<Source> resolve(String name) {
                return known.texts().stream()
                        .filter(text -> folder != null
                                && !text.isShipped()
                                && text.name().equals(name))
                        .findFirst()
                        .map(text ->
                                source(text, ShippedPrograms.in(folder, name).toString()))
                        .or(() -> ShippedPrograms.shipped(name));
            }

            @Override
            public List<String> known() {
                return ShippedPrograms.names();
            }
        }));
        module = read;
        return read;
    }

    private static Source source(Text text, String name) {
        return new Source(name, text.text());
    }

    private static Module passed(Source source, Sources.Result result) {
        Module read = result.module();
        if (read == null) {
            throw new ProgramException(source.name(), result.diagnostics());
        }
        return read;
    }

    private static List<Text> texts(Module root, boolean isShipped) {
        Deque<Module> open = new ArrayDeque<>(List.of(root));
        SequencedMap<String, Text> texts = new LinkedHashMap<>();
        while (!open.isEmpty()) {
            Module next = open.remove();
            if (!texts.containsKey(next.name())) {
                Source source = next.file().source();
                // An import from a file is called by its whole path.
                boolean shipped =
                        texts.isEmpty() ? isShipped : source.name().equals(next.name() + ShippedPrograms.SUFFIX);
                texts.put(
                        next.name(),
                        shipped
                                ? new Text(next.name(), true, "", SHIPPED)
                                : new Text(next.name(), false, source.text(), hash(source.text())));
                open.addAll(next.imports().values());
            }
        }
        return List.copyOf(texts.values());
    }

    private static String hash(String text) {
        return Hashes.sha256(text).substring(0, DIGITS);
    }

    /** The name without a suffix: {@code gpt} for {@code models/gpt.weft}. */
    String name() {
        return Module.name(place.name());
    }

    /** Where imports are looked for before those that are shipped. */
    @Nullable
    Path folder() {
        return place.folder();
    }

    boolean isShipped() {
        return place.isShipped();
    }

    /** The checked syntax tree, with what it imports. */
    synchronized Module module() {
        if (module == null) {
            ProgramNotes known = notes();
            return module == null ? readAgain(known) : module;
        }
        return module;
    }

    private synchronized ProgramNotes notes() {
        if (notes == null) {
            notes = cache.notes(place.identity()).orElseGet(this::read);
        }
        return notes;
    }

    /** What was answered before, or is now. Whatever the answer depends on besides the texts is in the question. */
    String ask(String question, Function<Module, String> answer) {
        ProgramNotes known = notes();
        return known.answer(question).orElseGet(() -> {
            String found = answer.apply(module());
            known.note(question, found);
            return found;
        });
    }

    /** The texts of this and of all that it imports, by file name. */
    SequencedMap<String, String> texts() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        for (Text text : notes().texts()) {
            texts.put(
                    text.name() + ShippedPrograms.SUFFIX,
                    text.isShipped()
                            ? ShippedPrograms.shipped(text.name()).orElseThrow().text()
                            : text.text());
        }
        return texts;
    }

    /**
     * What stands for each text in a key, by file name: its hash, or that it is shipped. The texts of what is shipped, and of its
     * imports, follow from the version.
     */
    SequencedMap<String, String> marks() {
        SequencedMap<String, String> marks = new LinkedHashMap<>();
        if (place.isShipped()) {
            marks.put(name() + ShippedPrograms.SUFFIX, SHIPPED);
        } else {
            notes().texts().forEach(text -> marks.put(text.name() + ShippedPrograms.SUFFIX, text.hash()));
        }
        return marks;
    }

    synchronized boolean isParsed() {
        return module != null;
    }

    /** Keeps what was found out since it was last kept. */
    synchronized void keep() {
        if (notes != null && place.text() == null) {
            cache.keep(notes);
        }
    }
}
