package dev.weft.graph.pass.canonical;

import dev.weft.graph.Graph;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The examples of one rule, in a file of its name: {@code == before} and {@code == after} in pairs, and {@code == stays} for what it
 * must leave alone. {@code -Dweft.accept=true} writes what the rule makes of each {@code before} into the file.
 */
record Golden(Path file, List<Pair> pairs, List<Graph> stays) {

    /** What a rule is given, and the text of what it should make of it. */
    record Pair(Graph before, String after) {}

    static final boolean ACCEPT = Boolean.getBoolean("weft.accept");

    static Golden of(Rule<?> rule) {
        Path file = Path.of("src/test/resources/dev/weft/graph/pass/canonical", rule.name() + ".txt");
        List<Pair> pairs = new ArrayList<>();
        List<Graph> stays = new ArrayList<>();
        Graph before = null;
        for (String part : read(file).split("(?m)^== ")) {
            String text = part.substring(part.indexOf('\n') + 1);
            switch (part.lines().findFirst().orElse("").strip()) {
                case "before" -> {
                    before = ProgramParser.parseGraph(text);
                    if (ACCEPT) {
                        pairs.add(new Pair(before, ""));
                    }
                }
                case "after" -> {
                    if (!ACCEPT && before != null) {
                        pairs.add(new Pair(before, text.strip()));
                    }
                }
                case "stays" -> stays.add(ProgramParser.parseGraph(text));
                case "" -> {}
                case String other -> throw new IllegalArgumentException(file + ": no such part: " + other);
            }
        }
        return new Golden(file, pairs, stays);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": every rule has a golden file", e);
        }
    }

    void accept(List<String> after) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pairs.size(); i++) {
            out.append("== before\n").append(ProgramPrinter.print(pairs.get(i).before()));
            out.append("== after\n").append(after.get(i));
        }
        stays.forEach(graph -> out.append("== stays\n").append(ProgramPrinter.print(graph)));
        try {
            Files.writeString(file, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
