package dev.weft.dsl.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which branch each condition takes in one walk through a body. A body is walked once for every way that its conditions can go; a
 * condition that comes up for the first time is taken as true, and another walk is noted in which it is false.
 */
final class Decisions {
    private final Map<String, Boolean> taken;
    private final List<Map<String, Boolean>> otherWays = new ArrayList<>();

    Decisions(Map<String, Boolean> taken) {
        this.taken = new LinkedHashMap<>(taken);
    }

    boolean take(String condition) {
        Boolean known = taken.get(condition);
        if (known != null) {
            return known;
        }
        Map<String, Boolean> other = new LinkedHashMap<>(taken);
        other.put(condition, false);
        otherWays.add(other);
        taken.put(condition, true);
        return true;
    }

    List<Map<String, Boolean>> otherWays() {
        return otherWays;
    }
}
