package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;

/** Compares what was written with what a page shows: all but numbers, and but for what {@code …} stands for. */
final class Masked {

    private static final Pattern NUMBER =
            Pattern.compile("(?<![A-Za-z_\\d])-?\\d[\\d,]*(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");
    private static final Pattern SPACES = Pattern.compile("[ \\t]+");

    private Masked() {}

    /** Numbers are {@code #}; how far they are indented follows from their width, so spaces count as one. */
    static String of(String text) {
        StringBuilder masked = new StringBuilder();
        text.lines()
                .map(line -> NUMBER.matcher(line).replaceAll("#"))
                .map(line -> SPACES.matcher(line).replaceAll(" ").strip())
                .forEach(line -> masked.append(line).append('\n'));
        return masked.toString();
    }

    /** A line {@code …} stands for any lines, also none; within a line it stands for any characters. */
    static void compare(String what, String written, String shown) {
        if (!fits(written, shown)) {
            assertThat(written).as(what + " (all but numbers)").isEqualTo(shown);
        }
    }

    /** Whether what was written is what is shown, but for numbers and for what {@code …} stands for. */
    static boolean fits(String written, String shown) {
        StringBuilder pattern = new StringBuilder();
        of(shown).lines().forEach(line -> {
            if (line.equals("…")) {
                pattern.append("(?:.*\\n)*?");
                return;
            }
            String separator = "";
            for (String part : line.split("…", -1)) {
                pattern.append(separator).append(Pattern.quote(part));
                separator = ".*";
            }
            pattern.append("\\n");
        });
        return Pattern.compile(pattern.toString()).matcher(of(written)).matches();
    }
}
