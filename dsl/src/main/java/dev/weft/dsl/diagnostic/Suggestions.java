package dev.weft.dsl.diagnostic;

import dev.weft.dsl.ast.Span;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the known name that takes the fewest edits. */
public final class Suggestions {

    private Suggestions() {}

    /** The nearest name, if it is near enough to have been meant. */
    public static Optional<String> nearest(String got, Collection<String> known) {
        int most = got.length() == 1 ? 0 : Math.max(1, got.length() / 3);
        return known.stream()
                .filter(name -> !name.equals(got) && (distance(got, name) <= most || begins(got, name)))
                .min(Comparator.comparingInt((String name) -> distance(got, name))
                        .thenComparing(name -> name));
    }

    /** Whether one is a beginning of the other that says enough. */
    private static boolean begins(String got, String name) {
        return Math.min(got.length(), name.length()) >= 3 && (got.startsWith(name) || name.startsWith(got));
    }

    /** The diagnostic, with the nearest name as its remedy where one is near. */
    public static Diagnostic addTo(Diagnostic diagnostic, String got, Span span, Collection<String> known) {
        return nearest(got, known)
                .map(name -> diagnostic.help("did you mean " + name + "?", span, name))
                .orElse(diagnostic);
    }

    /** Letters to insert, delete, replace or swap with their neighbour; upper and lower case differ by nothing. */
    static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
