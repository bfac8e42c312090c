package dev.weft.graph.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stored tensors in one piece of memory.
 *
 * @param places each stored tensor's range, by its name
 */
public record Slab(String name, long bytes, Map<String, Range> places) {

    /** Bytes within the slab. */
    public record Range(long offset, long bytes) {}

    public Slab {
        places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
    }
}
