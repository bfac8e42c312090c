package com.example.counting;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Buffers are those of the session behind it: nobody but a session looks into one. */
final class CountingSession implements Session {

    private final Session wrapped;
    private final Calls calls;

    CountingSession(Session wrapped, Calls calls) {
        this.wrapped = wrapped;
        this.calls = calls;
    }

    @Override
    public Buffer stored(String name) {
        return wrapped.stored(name);
    }

    @Override
    public Map<String, Buffer> run(String entry, Map<String, MemorySegment> inputs) {
        calls.count("run " + entry);
        return wrapped.run(entry, inputs);
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        calls.count("read");
        wrapped.read(from, to);
    }

    @Override
    public void write(MemorySegment from, Buffer to, long first) {
        calls.count("write");
        wrapped.write(from, to, first);
    }

    @Override
    public List<Stage> stages() {
        return wrapped.stages();
    }

    @Override
    public Statistics statistics() {
        return wrapped.statistics();
    }

    @Override
    public void close() {
        wrapped.close();
    }
}
