package dev.weft.backend.cuda.device;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A device. Addresses and handles are numbers; 0 is none, and stream 0 is never used. Whatever fails says what was being done, by a
 * {@link dev.weft.graph.MachineException}; a call that the backend should not have made ends in a
 * {@link dev.weft.graph.DefectException}. One thread at a time.
 */
public interface Device extends AutoCloseable {

    DeviceFacts facts();

    /** The compiler for this device. */
    KernelCompiler compiler();

    // Memory

    /** Bytes that can still be allocated. */
    long freeBytes();

    /**
     * The address of that many bytes of device memory, aligned to 256.
     *
     * @param what they are for, for the message if there are not enough
     * @throws dev.weft.graph.MachineException if there are not enough: how many are needed and how many are free
     */
    long allocate(long bytes, String what);

    void free(long address);

    /** Host memory that the device can copy from and to while the host goes on. */
    MemorySegment pinned(long bytes, String what);

    /** @param segment of {@link #pinned}, whole */
    void unpin(MemorySegment segment);

    // Copies, in the order of their stream

    void fill(long stream, long to, byte value, long bytes);

    void copy(long stream, long to, long from, long bytes);

    /** @param from pinned, and unchanged until the copy has been made */
    void copyIn(long stream, long to, MemorySegment from);

    /** @param to pinned, and not read until the copy has been made */
    void copyOut(long stream, MemorySegment to, long from);

    // Streams and events

    long stream();

    void endStream(long stream);

    /** Waits until all of the stream's work is done. */
    void synchronize(long stream);

    long event();

    void endEvent(long event);

    /** The host waits until the event has passed; not at all if it has. */
    void waitFor(long event);

    void record(long event, long stream);

    /** As {@link #record}, but at each replay of the graph that the stream is being recorded in. */
    void mark(long event, long stream);

    /** What comes next in the stream waits for the event. */
    void await(long stream, long event);

    /** Milliseconds between two recorded events that have passed. */
    float millis(long from, long to);

    /** Whether {@link #millis} tells how long work takes: what is only described takes no time. */
    boolean hasClock();

    // Kernels

    /** @param image of this device's {@link #compiler} */
    long load(byte[] image);

    void unload(long module);

    /** @param sharedBytes most dynamic shared memory that it will be launched with */
    long function(long module, String name, int sharedBytes);

    /**
     * Launches a kernel.
     *
     * @param parameters one 64-bit word each, read before this returns
     */
    void launch(long stream, long function, Grid grid, MemorySegment parameters);

    // Products

    /**
     * Ways to make a product that need at most that much workspace, likeliest to be fast first; empty if the device cannot make such a
     * product, which is never so without an epilogue.
     */
    List<byte[]> algorithms(Multiplication product, long workspaceBytes, int most);

    /**
     * What the ways to make products, and how long they take, depend on: the device, its driver, its library. Empty where time says
     * nothing.
     */
    Optional<String> productRecipe();

    /** A product made in one of these ways. */
    long product(Multiplication product, byte[] algorithm);

    void endProduct(long product);

    /** Makes a product. */
    void multiply(long stream, long product, Multiplication.Addresses at, long workspace);

    // Graphs

    /** From here on, what the stream is given is recorded and does not run. */
    void beginCapture(long stream);

    /** Ends recording: a graph that can be replayed. */
    long endCapture(long stream);

    void replay(long stream, long graph);

    void endGraph(long graph);

    /** Frees all that was not freed. May be called again. */
    @Override
    void close();
}
