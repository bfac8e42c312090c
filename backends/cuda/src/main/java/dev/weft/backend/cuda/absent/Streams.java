package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.absent.Hazards.Access;
import dev.weft.graph.DefectException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Streams, events and what is being recorded. Each stream knows how much of every other must be done before what it does next; so it shows
 * whether what two use is used in an order, and whether all that was recorded comes back to the stream that began.
 */
final class Streams {

    /** A recording: the streams that take part, of which the first began it. */
    private static final class Recording {
        private final long origin;
        private final Set<Long> members = new LinkedHashSet<>();
        private final Set<Long> marks = new LinkedHashSet<>();
        private final Hazards hazards;

        Recording(long origin, AddressSpace memory) {
            this.origin = origin;
            this.hazards = new Hazards(memory);
            members.add(origin);
        }
    }

    private static final class Stream {
        private final Map<Long, Long> known = new HashMap<>();
        private long done;
        private @Nullable Recording recording;
    }

    private static final class Event {
        private Map<Long, Long> known = Map.of();
        private boolean recorded;
        private @Nullable Recording recording;
    }

    /** @param marks events that are recorded at each replay */
    private record Graph(List<Access> accesses, Set<Long> marks) {}

    private final Map<Long, Stream> streams = new HashMap<>();
    private final Map<Long, Event> events = new HashMap<>();
    private final Map<Long, Graph> graphs = new HashMap<>();
    private final Map<Long, Long> knownToHost = new HashMap<>();
    private final AddressSpace memory;
    private final Hazards hazards;
    private long handles;

    Streams(AddressSpace memory) {
        this.memory = memory;
        this.hazards = new Hazards(memory);
    }

    long stream() {
        streams.put(++handles, new Stream());
        return handles;
    }

    void endStream(long handle) {
        if (get(handle).recording != null) {
            throw new DefectException("stream " + handle + ": it cannot end while it is recorded");
        }
        streams.remove(handle);
    }

    long event() {
        events.put(++handles, new Event());
        return handles;
    }

    void endEvent(long handle) {
        eventOf(handle);
        events.remove(handle);
    }

    private Stream get(long handle) {
        Stream stream = streams.get(handle);
        if (stream == null) {
            throw new DefectException("stream: it must have been made and not ended, got handle " + handle);
        }
        return stream;
    }

    private Event eventOf(long handle) {
        Event event = events.get(handle);
        if (event == null) {
            throw new DefectException("event: it must have been made and not ended, got handle " + handle);
        }
        return event;
    }

    /** Whether anything is being recorded. */
    boolean recording() {
        return streams.values().stream().anyMatch(stream -> stream.recording != null);
    }

    /** What must not happen while anything is recorded. */
    void outsideRecording(String doing) {
        if (recording()) {
            throw new DefectException("graph: " + doing + " is not allowed while a graph is recorded");
        }
    }

    /** One thing more in a stream; true if it is recorded. */
    boolean add(long handle, Access... accesses) {
        return add(handle, List.of(accesses));
    }

    boolean add(long handle, List<Access> accesses) {
        Stream stream = get(handle);
        stream.known.put(handle, ++stream.done);
        if (stream.recording != null) {
            stream.recording.hazards.add(handle, stream.known, stream.done, accesses);
            return true;
        }
        knownToHost.forEach((other, done) -> stream.known.merge(other, done, Math::max));
        hazards.add(handle, stream.known, stream.done, accesses);
        return false;
    }

    /** Memory is about to be freed. */
    void requireUnused(long begin, long bytes) {
        hazards.requireUnused(begin, bytes, knownToHost);
    }

    /** Memory was freed. */
    void forget(long begin, long bytes) {
        hazards.forget(begin, bytes);
    }

    void synchronize(long handle) {
        Stream stream = get(handle);
        outsideRecording("waiting for a stream");
        stream.known.forEach((other, done) -> knownToHost.merge(other, done, Math::max));
    }

    /** The host waits for an event. */
    void waitFor(long handle) {
        Event event = eventOf(handle);
        outsideRecording("waiting for an event");
        if (!event.recorded || event.recording != null) {
            throw new DefectException(
                    "event " + handle + ": the host can wait for it only after it was recorded in a stream");
        }
        event.known.forEach((other, done) -> knownToHost.merge(other, done, Math::max));
    }

    void record(long handle, long streamHandle) {
        Stream stream = get(streamHandle);
        Event event = eventOf(handle);
        event.known = Map.copyOf(stream.known);
        event.recorded = true;
        event.recording = stream.recording;
    }

    void mark(long handle, long streamHandle) {
        Recording recording = get(streamHandle).recording;
        if (recording == null) {
            throw new DefectException("event " + handle + ": it can be marked only in a stream that is being recorded");
        }
        eventOf(handle);
        recording.marks.add(handle);
    }

    void await(long streamHandle, long handle) {
        Stream stream = get(streamHandle);
        Event event = eventOf(handle);
        if (!event.recorded) {
            throw new DefectException("event " + handle + ": a stream can wait for it only after it was recorded");
        }
        if (stream.recording != null && event.recording != stream.recording) {
            throw new DefectException(
                    "event " + handle + ": a recorded stream can wait only for what is recorded in the same graph");
        }
        if (event.recording != null && stream.recording == null) {
            if (!event.recording.members.contains(event.recording.origin)) {
                throw new DefectException("event " + handle + ": the graph that it was recorded in has ended");
            }
            stream.recording = event.recording;
            event.recording.members.add(streamHandle);
        }
        event.known.forEach((other, done) -> stream.known.merge(other, done, Math::max));
    }

    void timed(long from, long to) {
        for (long handle : new long[] {from, to}) {
            Event event = eventOf(handle);
            if (!event.recorded || event.recording != null) {
                throw new DefectException("event " + handle + ": it has a time only after it was recorded in a stream");
            }
            event.known.forEach((stream, done) -> {
                if (done > knownToHost.getOrDefault(stream, 0L)) {
                    throw new DefectException("event " + handle + ": it has a time only when the host knows that it has"
                            + " passed, for which it must wait for stream " + stream);
                }
            });
        }
    }

    void begin(long handle) {
        Stream stream = get(handle);
        if (stream.recording != null) {
            throw new DefectException("stream " + handle + ": it is recorded already");
        }
        stream.recording = new Recording(handle, memory);
    }

    long end(long handle) {
        Stream origin = get(handle);
        Recording recording = origin.recording;
        if (recording == null || recording.origin != handle) {
            throw new DefectException("stream " + handle + ": recording can end only in the stream that began it");
        }
        for (long member : recording.members) {
            if (origin.known.getOrDefault(member, 0L) < get(member).done) {
                throw new DefectException("graph: what stream " + member + " was given must be awaited by stream "
                        + handle + " before recording ends");
            }
        }
        recording.members.forEach(member -> get(member).recording = null);
        recording.members.clear();
        graphs.put(++handles, new Graph(recording.hazards.accesses(), Set.copyOf(recording.marks)));
        return handles;
    }

    void replay(long stream, long handle) {
        Graph graph = graphs.get(handle);
        if (graph == null) {
            throw new DefectException("graph: it must have been recorded and not ended, got handle " + handle);
        }
        if (get(stream).recording != null) {
            throw new DefectException("graph: it cannot be replayed into another while that is recorded");
        }
        add(stream, graph.accesses());
        graph.marks().forEach(mark -> record(mark, stream));
    }

    void endGraph(long graph) {
        if (graphs.remove(graph) == null) {
            throw new DefectException("graph: it must have been recorded and not ended, got handle " + graph);
        }
    }
}
