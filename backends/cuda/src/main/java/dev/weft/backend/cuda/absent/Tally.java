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
        WAIT,
        ALLOCATION,
        RECORDED,
        RECORDED_COPY_IN
    }

    private final Map<Event, Long> counts = new EnumMap<>(Event.class);

    void count(Event event) {
        counts.merge(event, 1L, Long::sum);
    }

    /** @param recording whether it goes into a graph and does not happen now */
    void count(Event event, boolean recording) {
        count(recording ? Event.RECORDED : event);
        if (recording && event == Event.COPY_IN) {
            count(Event.RECORDED_COPY_IN);
        }
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
                get(Event.WAIT),
                get(Event.ALLOCATION),
                get(Event.RECORDED),
                get(Event.RECORDED_COPY_IN));
    }

    private long get(Event event) {
        return counts.getOrDefault(event, 0L);
    }
}
