package dev.weft.backend.cuda.host;

import dev.weft.graph.DefectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Work that is recorded instead of done. It starts in one stream; another joins by waiting for an event of the capture, and must be
 * waited for in turn before the capture ends.
 */
final class Capture {

    /** A point in a captured stream: after that many of its operations. */
    record Point(Capture capture, long stream, int operations) {}

    private final long origin;
    private final List<Runnable> operations = new ArrayList<>();
    /** Operations so far in each stream of the capture. */
    private final Map<Long, Integer> counts = new HashMap<>();
    /** In each stream that joined, how many operations something else waits for. */
    private final Map<Long, Integer> awaited = new HashMap<>();

    Capture(long origin) {
        this.origin = origin;
        counts.put(origin, 0);
    }

    boolean has(long stream) {
        return counts.containsKey(stream);
    }

    void add(long stream, Runnable operation) {
        operations.add(operation);
        counts.merge(stream, 1, Integer::sum);
    }

    Point point(long stream) {
        return new Point(this, stream, Objects.requireNonNull(counts.get(stream)));
    }

    void await(long stream, Point point) {
        // Waiting is something that the stream does, and that somebody must wait for.
        counts.merge(stream, 1, Integer::sum);
        if (stream != point.stream()) {
            awaited.merge(point.stream(), point.operations(), Math::max);
        }
    }

    /** All that was recorded, in the order in which it was. */
    List<Runnable> end(long stream) {
        if (stream != origin) {
            throw new DefectException("capture: must end in the stream in which it began");
        }
        counts.forEach((joined, count) -> {
            if (joined != origin && !count.equals(awaited.get(joined))) {
                throw new DefectException("capture: stream " + joined
                        + " joined it, and its last work must be waited for by an event before the capture ends");
            }
        });
        return List.copyOf(operations);
    }
}
