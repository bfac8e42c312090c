package dev.weft.models.sample;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The tokens of one text so far: those of its prompt, and those that were made. */
public final class History {

    private final Set<Integer> tokens = new HashSet<>();
    private final Map<Integer, Integer> made = new HashMap<>();

    public History(int... prompt) {
        for (int id : prompt) {
            tokens.add(id);
        }
    }

    /** Adds a token that was made. */
    public void add(int id) {
        tokens.add(id);
        made.merge(id, 1, Integer::sum);
    }

    /** All that were there. */
    Set<Integer> tokens() {
        return tokens;
    }

    /** How often each was made. */
    Map<Integer, Integer> made() {
        return made;
    }
}
