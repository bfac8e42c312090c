package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Multiplication;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a session holds of a device. Closing gives all of it back, the latest first, also where only some of it could be had. */
public final class Held implements Allocations, AutoCloseable {
    private final Device device;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final List<Long> streams = new ArrayList<>();
    private long bytes;

    public Held(Device device) {
        this.device = device;
    }

    public Device device() {
        return device;
    }

    /** Bytes of device memory. */
    public long bytes() {
        return bytes;
    }

    @Override
    public long memory(long size, String what) {
        if (size == 0) {
            return 0;
        }
        long address = device.allocate(size, what);
        bytes += size;
        releases.push(() -> device.free(address));
        return address;
    }

    @Override
    public MemorySegment pinned(long size, String what) {
        if (size == 0) {
            return MemorySegment.NULL;
        }
        MemorySegment segment = device.pinned(size, what);
        releases.push(() -> device.unpin(segment));
        return segment;
    }

    public long stream() {
        long stream = device.stream();
        streams.add(stream);
        releases.push(() -> device.endStream(stream));
        return stream;
    }

    public long event() {
        long event = device.event();
        releases.push(() -> device.endEvent(event));
        return event;
    }

    /** A module of compiled kernels. */
    public long module(byte[] image) {
        long module = device.load(image);
        releases.push(() -> device.unload(module));
        return module;
    }

    public long product(Multiplication what, byte[] algorithm) {
        long product = device.product(what, algorithm);
        releases.push(() -> device.endProduct(product));
        return product;
    }

    /** The graph of what the stream was given since recording began. */
    public long recorded(long stream) {
        long graph = device.endCapture(stream);
        releases.push(() -> device.endGraph(graph));
        return graph;
    }

    /**
     * Waits until nothing is under way any more, and gives everything back, also where something of that fails; then throws what the first
     * failure threw.
     */
    @Override
    public void close() {
        Deque<Runnable> last = new ArrayDeque<>();
        streams.forEach(stream -> last.add(() -> device.synchronize(stream)));
        last.addAll(releases);
        streams.clear();
        releases.clear();
        RuntimeException first = null;
        for (Runnable step : last) {
            try {
                step.run();
            } catch (RuntimeException failed) {
                first = first == null ? failed : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
