package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.graph.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an entry does, as a graph of the device that is recorded at the first run and replayed at each: the copy of its inputs, its
 * kernels and products, and the copy of what its checks found.
 */
public final class EntryRun {
    /** Words of a check in the status: whether an index was outside, and which. */
    public static final long STATUS_BYTES = 2L * Long.BYTES;

    private final Held held;
    private final Device device;
    private final EntryMemory memory;
    private final List<String> messages;
    private final List<Launch> launches = new ArrayList<>();
    private final long status;
    private final MemorySegment found;
    private long graph;

    /** @param messages of the entry's checks, each with {@code %d} for the index */
    public EntryRun(Held held, EntryMemory memory, List<String> messages, String entry) {
        this.held = held;
        this.device = held.device();
        this.memory = memory;
        this.messages = List.copyOf(messages);
        long bytes = messages.size() * STATUS_BYTES;
        this.status = held.memory(bytes, "checks of entry " + entry);
        this.found = held.pinned(bytes, "checks of entry " + entry);
        launches.addAll(memory.copyIn());
        if (bytes > 0) {
            launches.add(new Launch.Clear(status, bytes));
        }
    }

    /** Where check number {@code index} leaves what it finds. */
    public long status(int index) {
        return status + index * STATUS_BYTES;
    }

    public void kernel(long function, Grid grid, MemorySegment parameters) {
        launches.add(new Launch.Run(function, grid, parameters));
    }

    public void product(long product, Multiplication.Addresses at, long workspace) {
        launches.add(new Launch.Multiply(product, at, workspace));
    }

    public void copy(long from, long to, long bytes) {
        launches.add(new Launch.Copy(from, to, bytes));
    }

    /**
     * Runs the entry; returns before it has finished unless it has checks.
     *
     * @param inputs all that the entry takes, of the right sizes
     * @throws UserException if a check found an index outside its bounds
     */
    public void run(long stream, Map<String, MemorySegment> inputs) {
        // The run before may still be reading what is staged.
        device.synchronize(stream);
        memory.stage(inputs);
        if (graph == 0) {
            record(stream);
        }
        device.replay(stream, graph);
        if (!messages.isEmpty()) {
            device.synchronize(stream);
            check();
        }
    }

    private void record(long stream) {
        if (!messages.isEmpty()) {
            launches.add(new Launch.CopyOut(found, status));
        }
        device.beginCapture(stream);
        launches.forEach(launch -> launch.on(device, stream));
        graph = held.recorded(stream);
    }

    private void check() {
        for (int i = 0; i < messages.size(); i++) {
            if (found.get(ValueLayout.JAVA_LONG, i * STATUS_BYTES) != 0) {
                long index = found.get(ValueLayout.JAVA_LONG, i * STATUS_BYTES + Long.BYTES);
                throw new UserException(messages.get(i).formatted(index));
            }
        }
    }
}
