package dev.weft.cli;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** When and how words are marked by color. */
final class Colors {

    private static final String RED = "1;31";
    private static final String YELLOW = "1;33";
    private static final String CYAN = "1;36";
    private static final String BLUE = "34";
    private static final String FAINT = "2";

    private record Mark(Pattern pattern, String color) {}

    /** Parts of a diagnostic's lines by how {@code Rendering} writes them; the first that a line fits is marked. */
    private static final List<Mark> MARKS = List.of(
            new Mark(Pattern.compile("^error\\[\\w+]:"), RED),
            new Mark(Pattern.compile("^warning\\[\\w+]:"), YELLOW),
            new Mark(Pattern.compile("(?<=^ {1,9}\\| {0,999})\\^+$"), RED),
            new Mark(Pattern.compile("(?<=^ {1,9}\\| {0,999})-+(?= |$)"), BLUE),
            new Mark(Pattern.compile("(?<=^ {1,9})= help:"), CYAN),
            new Mark(Pattern.compile("^ *-->"), FAINT));

    private Colors() {}

    /**
     * Whether a stream is colored. {@code NO_COLOR} (no-color.org) comes first, then {@code CLICOLOR_FORCE} and {@code CLICOLOR}
     * (bixense.com/clicolors), then what the stream is.
     */
    static boolean wanted(boolean terminal, Map<String, String> environment) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return false;
        }
        String force = environment.getOrDefault("CLICOLOR_FORCE", "0");
        if (!force.equals("0") && !force.isEmpty()) {
            return true;
        }
        return terminal
                && !environment.getOrDefault("CLICOLOR", "1").equals("0")
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    static String red(String text) {
        return marked(text, RED);
    }

    static String faint(String text) {
        return marked(text, FAINT);
    }

    private static String marked(String text, String color) {
        return "\u001b[" + color + "m" + text + "\u001b[0m";
    }

    /** Diagnostics in color: nothing but escape sequences is added. */
    static String diagnostics(String text) {
        return text.lines().map(Colors::line).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(String line) {
        for (Mark mark : MARKS) {
            var found = mark.pattern().matcher(line);
            if (found.find()) {
                return found.replaceFirst(
                        match -> java.util.regex.Matcher.quoteReplacement(marked(match.group(), mark.color())));
            }
        }
        return line;
    }
}
