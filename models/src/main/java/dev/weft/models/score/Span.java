package dev.weft.models.score;

import java.util.ArrayList;
import java.util.List;

/**
 * Numbers that are looked at together.
 *
 * @param from the least
 * @param to the greatest
 */
public record Span(int from, int to) {

    /** Spans that double, up to {@code last}: 1, 2, 3 to 4, 5 to 8 and so on; the last may be shorter. */
    public static List<Span> doubling(int last) {
        List<Span> spans = new ArrayList<>();
        for (int from = 1, to = 1; from <= last; from = to + 1, to *= 2) {
            spans.add(new Span(from, Math.min(to, last)));
        }
        return spans;
    }

    /** {@code 1}, or {@code 3 to 4}. */
    public String words() {
        return from == to ? Integer.toString(from) : "%d to %d".formatted(from, to);
    }

    /** Where it lies on an axis. */
    public double middle() {
        return (from + to) / 2.0;
    }
}
