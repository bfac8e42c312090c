package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.spi.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When each part of the last run of an entry began and ended: marks in its graph, one before each part and one behind the last, so that
 * what the device takes to go from one part to the next counts for the next.
 */
final class EntryTimes {
    private static final double NANOS = 1e6;

    private final Held held;
    private final Device device;
    private final List<Timeline.Step> parts = new ArrayList<>();
    private final List<Long> marks = new ArrayList<>();
    private long begin;
    private long end;

    EntryTimes(Held held) {
        this.held = held;
        this.device = held.device();
    }

    /** While the graph is recorded: what the stream is given from here on is this part. */
    void next(Timeline.Step part, long stream) {
        parts.add(part);
        mark(stream);
    }

    /** While the graph is recorded: behind the last part. */
    void mark(long stream) {
        long event = held.event();
        device.mark(event, stream);
        marks.add(event);
    }

    void begin() {
        begin = System.nanoTime();
        end = 0;
    }

    /** The run is known to be done. */
    void end() {
        end = System.nanoTime();
    }

    /** Empty if no run has come to its end, or if the device has no clock. */
    Optional<Timeline> last() {
        if (end == 0 || !device.hasClock()) {
            return Optional.empty();
        }
        // The clocks of device and host agree where the last part ends: the host waits for that.
        double whole = NANOS * device.millis(marks.getFirst(), marks.getLast());
        long[] nanos = new long[2 * parts.size()];
        for (int i = 0; i < nanos.length; i++) {
            double since = NANOS * device.millis(marks.getFirst(), marks.get((i + 1) / 2));
            nanos[i] = Math.max(begin, end - Math.round(whole - since));
        }
        return Optional.of(new Timeline(parts, 1, begin, end, nanos));
    }
}
