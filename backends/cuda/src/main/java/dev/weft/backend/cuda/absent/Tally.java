package dev.weft.backend.cuda.absent;

import java.util.EnumMap;
import java.util.Map;

/** Counts while they grow. */
final class Tally {

    enum Event {
        LAUNCH,
        PRODUCT,
        COPY,
        COPY_IN,
        COPY_OUT,
        REPLAY,
        SYNCHRONIZATION,
        ALLOCATION,
        RECORDED
    }

    private final Map<Event, Long> counts = new EnumMap<>(Event.class);

    void count(Event event) {
        counts.merge(event, 1L, Long::sum);
    }

    /** @param recording whether it goes into a graph and does not happen now */
    void count(Event event, boolean recording) {
        count(recording ? Event.RECORDED : event);
    }

    Counts counts() {
        return new Counts(
                get(Event.LAUNCH),
                get(Event.PRODUCT),
                get(Event.COPY),
                get(Event.COPY_IN),
                get(Event.COPY_OUT),
                get(Event.REPLAY),
                get(Event.SYNCHRONIZATION),
                get(Event.ALLOCATION),
                get(Event.RECORDED));
    }

    private long get(Event event) {
        return counts.getOrDefault(event, 0L);
    }
}
