package dev.weft.graph.plan;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * When each buffer is held, in numbers of runs: from each run that computes it to the last that reads what that one computed. Filled in
 * the order of the runs, then read.
 */
final class Spans {

    private final int runs;
    private final Map<Value, List<Span>> byRoot = new LinkedHashMap<>();
    private final List<Span> all = new ArrayList<>();

    /** @param runs how many there are */
    Spans(int runs) {
        this.runs = runs;
    }

    /** From the run that computes a buffer to the one that last reads it, and all readers between. */
    static final class Span {
        private final Value root;
        private final long bytes;
        private final int first;
        private final List<Integer> reads = new ArrayList<>();

        private Span(Value root, int first) {
            this.root = root;
            this.bytes = root.type().bytes();
            this.first = first;
        }

        Value root() {
            return root;
        }

        long bytes() {
            return bytes;
        }

        private int last() {
            return reads.isEmpty() ? first : reads.getLast();
        }

        /** Whether it is held at a run that does not touch it. */
        boolean isIdleAt(int run) {
            return first < run && last() > run && !reads.contains(run);
        }

        /** The first reader behind a run at which it is idle. */
        int readAfter(int run) {
            return reads.stream().filter(read -> read > run).findFirst().orElseThrow();
        }
    }

    void written(Value root, int run) {
        Span span = new Span(root, run);
        byRoot.computeIfAbsent(root, key -> new ArrayList<>(1)).add(span);
        all.add(span);
    }

    /** Of what no run has written there is nothing to hold. */
    void read(Value root, int run) {
        List<Span> known = byRoot.get(root);
        if (known != null) {
            known.getLast().reads.add(run);
        }
    }

    List<Span> all() {
        return Collections.unmodifiableList(all);
    }

    /**
     * The run that needs most bytes at once, the first of several.
     *
     * @param bytes that it needs
     */
    record Peak(int run, long bytes) {}

    Peak peak() {
        long[] change = new long[runs + 1];
        for (Span span : all) {
            change[span.first] += Plan.aligned(span.bytes);
            change[span.last() + 1] -= Plan.aligned(span.bytes);
        }
        Peak peak = new Peak(0, 0);
        long now = 0;
        for (int run = 0; run < runs; run++) {
            now += change[run];
            peak = now > peak.bytes ? new Peak(run, now) : peak;
        }
        return peak;
    }

    boolean isThere(Value root, int run) {
        for (Span span : byRoot.getOrDefault(root, List.of())) {
            if (span.first < run && span.last() >= run) {
                return true;
            }
        }
        return false;
    }

    boolean isWrittenBefore(Value root, int run) {
        List<Span> spans = byRoot.getOrDefault(root, List.of());
        return !spans.isEmpty() && spans.getFirst().first < run;
    }
}
