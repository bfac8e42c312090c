package dev.weft.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name its path from the root
 */
record Page(String name, String text) {

    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Pattern QUOTED = Pattern.compile("<!-- (\\S+) -->");
    private static final Pattern INDENTED = Pattern.compile(" {4,}(?:\\$ |\\./weft\\b|weft [a-z]|mvn |git ).*");

    /** Every page: those of the root, and all below {@code docs}. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            for (Path file : Stream.concat(root, docs).sorted().toList()) {
                if (file.toString().endsWith(".md")) {
                    pages.add(new Page(ROOT.relativize(file).toString(), Files.readString(file)));
                }
            }
        }
        return pages;
    }

    List<Block> blocks() {
        List<String> lines = text.lines().toList();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String fence = lines.get(i);
            if (!fence.strip().startsWith("```")) {
                continue;
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).strip().equals("```")) {
                end++;
            }
            if (end == lines.size()) {
                throw new IllegalStateException(name + ":" + (i + 1) + ": the block has no end");
            }
            List<String> words = List.of(fence.strip().substring(3).strip().split(" +"));
            String block = String.join("\n", lines.subList(i + 1, end)) + "\n";
            Optional<String> quoted = i == 0 ? Optional.empty() : quoted(lines.get(i - 1));
            blocks.add(new Block(i + 1, words.getFirst(), words.subList(1, words.size()), block, quoted));
            i = end;
        }
        return blocks;
    }

    private static Optional<String> quoted(String before) {
        Matcher comment = QUOTED.matcher(before.strip());
        return comment.matches() ? Optional.of(comment.group(1)) : Optional.empty();
    }

    /** Commands in indented blocks, which nobody would execute. */
    List<String> indentedCommands() {
        List<String> found = new ArrayList<>();
        boolean fenced = false;
        for (String line : text.lines().toList()) {
            if (line.strip().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced && INDENTED.matcher(line).matches()) {
                found.add(line.strip());
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return name;
    }
}
