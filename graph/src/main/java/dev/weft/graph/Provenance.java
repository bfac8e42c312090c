package dev.weft.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The side table of origins: value → the places in the source it comes from, at most {@value #LIMIT} of them. No part of a graph's
 * identity.
 */
public final class Provenance {

    private static final int LIMIT = 4;

    private final Map<Value, List<Origin>> origins = new IdentityHashMap<>();

    /** The origins of a value, the first one first; empty when none is known. */
    public List<Origin> of(Value value) {
        return origins.getOrDefault(value, List.of());
    }

    void add(Value value, List<Origin> more) {
        if (more.isEmpty()) {
            return;
        }
        List<Origin> known = origins.computeIfAbsent(value, key -> new ArrayList<>(1));
        for (Origin origin : more) {
            if (known.size() < LIMIT && !known.contains(origin)) {
                known.add(origin);
            }
        }
    }
}
