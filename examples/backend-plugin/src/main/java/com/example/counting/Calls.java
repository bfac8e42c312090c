package com.example.counting;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** How often each method was called. Safe for many threads. */
final class Calls {

    private final Map<String, Long> counts = new ConcurrentSkipListMap<>();

    void count(String method) {
        counts.merge(method, 1L, Long::sum);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
