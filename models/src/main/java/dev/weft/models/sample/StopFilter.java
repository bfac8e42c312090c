package dev.weft.models.sample;

import dev.weft.graph.UserException;
import java.util.List;

/**
 * Lets text through up to the first stop string, as it comes. What may be the beginning of a stop string is held back until
 * it is known whether it is; the stop string itself and what follows never come out.
 */
public final class StopFilter {

    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    /** @throws UserException if a stop string is empty */
    public StopFilter(List<String> stops) {
        this.stops = List.copyOf(stops);
        if (this.stops.contains("")) {
            throw new UserException("stop: a stop string must not be empty");
        }
    }

    /** The text that may be shown now. */
    public String accept(String piece) {
        if (stopped) {
            return "";
        }
        String text = held + piece;
        int end = firstStop(text);
        if (end >= 0) {
            stopped = true;
            held = "";
            return text.substring(0, end);
        }
        int safe = text.length() - longestBeginning(text);
        held = text.substring(safe);
        return text.substring(0, safe);
    }

    /** What was held back and turned out to be no stop string. */
    public String finish() {
        String rest = held;
        held = "";
        return rest;
    }

    /** Whether a stop string has come: nothing more will be let through. */
    public boolean stopped() {
        return stopped;
    }

    private int firstStop(String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** The length of the longest end of {@code text} that is the beginning of a stop string. */
    private int longestBeginning(String text) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (text.endsWith(stop.substring(0, length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
