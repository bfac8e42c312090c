package dev.weft.backend.cuda.host;

import dev.weft.graph.DefectException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Streams, events and graphs. Work is done when it is given, unless its stream is captured. */
final class Streams {

    /** An event: when it was recorded, or where in a capture. */
    private static final class Event {
        private long nanos;
        private boolean recorded;
        private Capture.@Nullable Point point;
    }

    private record Stream() {}

    private record Graph(List<Runnable> operations) {}

    private final Handles<Stream> streams;
    private final Handles<Event> events;
    private final Handles<Graph> graphs;
    private @Nullable Capture capture;

    Streams(AtomicLong counter) {
        streams = new Handles<>("stream", counter);
        events = new Handles<>("event", counter);
        graphs = new Handles<>("graph", counter);
    }

    /** Does something in a stream, or records it. */
    void run(long stream, Runnable operation) {
        streams.get(stream);
        if (capture != null && capture.has(stream)) {
            capture.add(stream, operation);
        } else {
            operation.run();
        }
    }

    /** Some things cannot be recorded, and would fail or disturb a capture. */
    void notDuringCapture(String doing) {
        if (capture != null) {
            throw new DefectException(doing + ": must not be done while a stream is captured");
        }
    }

    long stream() {
        return streams.add(new Stream());
    }

    void endStream(long stream) {
        notDuringCapture("end of a stream");
        streams.remove(stream);
    }

    void synchronize(long stream) {
        streams.get(stream);
        notDuringCapture("synchronize");
    }

    long event() {
        return events.add(new Event());
    }

    void endEvent(long event) {
        events.remove(event);
    }

    /** Whatever was recorded is done. */
    void waitFor(long event) {
        notDuringCapture("wait for an event");
        Event awaited = events.get(event);
        if (!awaited.recorded || awaited.point != null) {
            throw new DefectException("event: must have been recorded, outside of a capture, to be waited for");
        }
    }

    void record(long event, long stream) {
        streams.get(stream);
        Event recorded = events.get(event);
        recorded.recorded = true;
        recorded.nanos = System.nanoTime();
        recorded.point = capture != null && capture.has(stream) ? capture.point(stream) : null;
    }

    /** The event is recorded by each replay. */
    void mark(long event, long stream) {
        Event marked = events.get(event);
        if (capture == null || !capture.has(stream)) {
            throw new DefectException("event: must be marked in a stream that is captured");
        }
        capture.add(stream, () -> {
            marked.recorded = true;
            marked.point = null;
            marked.nanos = System.nanoTime();
        });
    }

    void await(long stream, long event) {
        streams.get(stream);
        Event awaited = events.get(event);
        if (capture != null && awaited.point != null && awaited.point.capture() == capture) {
            capture.await(stream, awaited.point);
        } else if (awaited.point != null) {
            throw new DefectException("event: was recorded in a capture that has ended, and cannot be waited for");
        } else if (capture != null && capture.has(stream)) {
            throw new DefectException("capture: must not wait for an event that was recorded outside of it");
        }
    }

    float millis(long from, long to) {
        notDuringCapture("time between events");
        Event first = events.get(from);
        Event last = events.get(to);
        if (!first.recorded || !last.recorded || first.point != null || last.point != null) {
            throw new DefectException("event: must have been recorded, outside of a capture, to have a time");
        }
        return (last.nanos - first.nanos) / 1e6f;
    }

    void beginCapture(long stream) {
        streams.get(stream);
        notDuringCapture("capture");
        capture = new Capture(stream);
    }

    long endCapture(long stream) {
        Capture ended = capture;
        if (ended == null) {
            throw new DefectException("capture: must have begun before it ends");
        }
        capture = null;
        return graphs.add(new Graph(ended.end(stream)));
    }

    void replay(long stream, long graph) {
        List<Runnable> operations = graphs.get(graph).operations();
        notDuringCapture("replay");
        streams.get(stream);
        operations.forEach(Runnable::run);
    }

    void endGraph(long graph) {
        graphs.remove(graph);
    }
}
