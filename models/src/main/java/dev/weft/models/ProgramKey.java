package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.io.Hashes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that a compiled program depends on, part by part: equal keys, the same machine code.
 *
 * @param program what it is called
 * @param parts by name, each short: sources by their hash
 */
record ProgramKey(String program, SequencedMap<String, String> parts) {

    static final int DIGITS = 32;

    /** Of entries of a program, compiled by {@code weft}. */
    static ProgramKey of(Program program, List<EntryRequest> entries, Weft weft, String version) {
        SequencedMap<String, String> parts = new LinkedHashMap<>();
        parts.put("program", program.name());
        parts.put("constants", new TreeMap<>(program.constants()).toString());
        parts.put("optimizer", program.optimizerText());
        parts.put("entries", entries.stream().map(ProgramKey::text).collect(Collectors.joining("; ")));
        program.marks().forEach((name, mark) -> parts.put("source " + name, mark));
        parts.put("backend", weft.backendName());
        parts.put("options", weft.options());
        parts.put("machine", hash(weft.backend().target()));
        parts.put("version", version);
        return new ProgramKey(program.name(), parts);
    }

    /** The same for requests that ask for the same, in whatever order it was said. */
    private static String text(EntryRequest request) {
        return "%s as %s %s %s %s"
                .formatted(
                        request.name(),
                        request.alias(),
                        new TreeMap<>(request.sizes()),
                        new TreeMap<>(request.constants()),
                        new TreeSet<>(request.inputs()));
    }

    private static String hash(String text) {
        return Hashes.sha256(text).substring(0, DIGITS);
    }

    /** The name under which it is kept. */
    String digest() {
        return hash(text());
    }

    /** A part a line, as {@link #parse} reads it. */
    String text() {
        return parts.entrySet().stream()
                .map(part -> part.getKey() + "\t" + part.getValue().replaceAll("\\s+", " "))
                .collect(Collectors.joining("\n"));
    }

    static ProgramKey parse(String text) {
        SequencedMap<String, String> parts = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                parts.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        return new ProgramKey(parts.getOrDefault("program", "?"), parts);
    }

    /** What {@code before} had in other ways, a line for each part. */
    List<String> changes(ProgramKey before) {
        List<String> changes = new ArrayList<>();
        Map<String, String> all = new LinkedHashMap<>(before.parts);
        all.putAll(parts);
        for (String name : all.keySet()) {
            String old = before.parts.getOrDefault(name, "nothing");
            String now = parts.getOrDefault(name, "nothing");
            if (!old.equals(now)) {
                changes.add("%s: was %s, is %s".formatted(name, old, now));
            }
        }
        return changes;
    }
}
