package dev.weft.cli;

import dev.weft.graph.DefectException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options and commands of other tools, and what they are here. One resource, {@code coming-from.txt}, is what
 * {@code docs/coming-from.md} shows and what a foreign word on the command line is answered with.
 */
final class ComingFrom {

    private static final Pattern VALUE = Pattern.compile("\\b[A-Z]+\\b");
    private static final Pattern TABLE = Pattern.compile("(\\S[^:|]*): (.*)");

    /**
     * @param tool whose word it is
     * @param theirs as they write it, with a value: {@code --n_layer=N}
     * @param command the command of Weft that it belongs to
     * @param ours what to give instead, empty where there is nothing
     * @param remark a sentence, empty where {@code ours} says all
     */
    record Row(String tool, String theirs, String command, String ours, String remark) {

        /** The option without its value. */
        String name() {
            return theirs.split("[= ]", 2)[0];
        }

        private String value() {
            String[] parts = theirs.split("[= ]", 2);
            return parts.length == 1 ? "" : parts[1];
        }

        /** Whether it stands for any value. */
        private boolean takesAny() {
            return VALUE.matcher(value()).matches();
        }

        private String answer(Word word) {
            String here = takesAny() && !word.value().isEmpty()
                    ? ours.replaceAll("\\b" + value() + "\\b", Matcher.quoteReplacement(word.value()))
                    : ours;
            String said = word.text() + " of " + tool;
            if (ours.isEmpty()) {
                return said + " has no counterpart: " + remark;
            }
            boolean option = theirs.startsWith("-");
            return "%s is here %s%s%s"
                    .formatted(
                            said, option ? "" : "weft " + command + " ", here, remark.isEmpty() ? "" : "; " + remark);
        }
    }

    /** A word of a command line, with the value that it brings along. */
    private record Word(String name, String value, String text) {

        static Word of(List<String> arguments, int at) {
            String word = arguments.get(at);
            int equal = word.indexOf('=');
            if (equal > 0) {
                return new Word(word.substring(0, equal), word.substring(equal + 1), word);
            }
            String next = at + 1 < arguments.size() ? arguments.get(at + 1) : "-";
            return next.startsWith("-") ? new Word(word, "", word) : new Word(word, next, word + " " + next);
        }

        boolean isCalled(Row row) {
            return name.replace('_', '-').equals(row.name().replace('_', '-'));
        }
    }

    private ComingFrom() {}

    /** The tables by tool, each with what it is about, in order. */
    static Map<String, List<Row>> tables() {
        Map<String, List<Row>> tables = new LinkedHashMap<>();
        String tool = "";
        for (String line : resource().lines().toList()) {
            Matcher heading = TABLE.matcher(line);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (!line.contains("|") && heading.matches()) {
                tool = line;
                tables.put(tool, new ArrayList<>());
                continue;
            }
            String[] cells = line.split(" \\| ", 3);
            String[] ours = cells[2].split("! ", 2);
            String name = tool.substring(0, tool.indexOf(':'));
            tables.getOrDefault(tool, new ArrayList<>())
                    .add(new Row(
                            name,
                            cells[0].strip(),
                            cells[1].strip(),
                            ours[0].strip(),
                            ours.length == 1 ? "" : ours[1]));
        }
        return tables;
    }

    private static String resource() {
        try (InputStream in = ComingFrom.class.getResourceAsStream("coming-from.txt")) {
            if (in == null) {
                throw new DefectException("coming-from.txt: is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DefectException("coming-from.txt: cannot be read", e);
        }
    }

    /**
     * What a foreign word is here.
     *
     * @param tool whose word it is
     * @param text a sentence that begins with the word
     */
    record Answer(String tool, String text) {}

    /**
     * An answer for each foreign word among the arguments of a command line.
     *
     * @param command the command, {@code weft} where there is none of that name
     * @param known the options that the command has
     */
    static List<Answer> answers(String command, List<String> arguments, Set<String> known) {
        List<Row> rows = tables().values().stream().flatMap(List::stream).toList();
        Map<Word, List<Row>> found = new LinkedHashMap<>();
        Map<String, Integer> hits = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            Word word = Word.of(arguments, i);
            boolean isCommand = command.equals("weft") && i == 0;
            if (known.contains(word.name()) || !(isCommand || word.name().startsWith("-"))) {
                continue;
            }
            List<Row> meant = rows.stream()
                    .filter(row ->
                            word.isCalled(row) && (isCommand || row.command().equals(command)))
                    .toList();
            if (!meant.isEmpty()) {
                found.put(word, meant);
                meant.stream().map(Row::tool).distinct().forEach(tool -> hits.merge(tool, 1, Integer::sum));
            }
        }
        List<Answer> answers = new ArrayList<>();
        found.forEach((word, meant) ->
                best(word, meant, hits).ifPresent(row -> answers.add(new Answer(row.tool(), row.answer(word)))));
        return answers;
    }

    /** The row for that very value, else one for any value; among tools, that of which most words are. */
    private static Optional<Row> best(Word word, List<Row> meant, Map<String, Integer> hits) {
        return meant.stream()
                .min(Comparator.comparingInt((Row row) -> -hits.getOrDefault(row.tool(), 0))
                        .thenComparing(row -> !row.value().equalsIgnoreCase(word.value()))
                        .thenComparing(row -> !row.takesAny()));
    }
}
