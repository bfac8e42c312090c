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
        List<Origin> known = origins.get(value);
        if (known == null) {
            origins.put(value, more.size() == 1 ? List.copyOf(more) : joined(List.of(), more));
        } else if (!known.equals(more) && known.size() < LIMIT) {
            origins.put(value, joined(known, more));
        }
    }

    private static List<Origin> joined(List<Origin> known, List<Origin> more) {
        List<Origin> all = new ArrayList<>(known);
        for (Origin origin : more) {
            if (all.size() < LIMIT && !all.contains(origin)) {
                all.add(origin);
            }
        }
        return List.copyOf(all);
    }
}
