package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.absent.Hazards.Access;
import dev.weft.backend.cuda.absent.Tally.Event;
import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device of which only the description is there. It checks and counts what it is told and runs nothing: memory that is copied out stays
 * as it was, and nothing takes any time.
 */
public final class NullDevice implements Device {
    private final DeviceFacts facts;
    private final KernelCompiler compiler;
    private final AddressSpace memory;
    private final Streams streams;
    private final Kernels kernels;
    private final ProductChecks products;
    private final Tally tally = new Tally();
    private final Arena host = Arena.ofShared();
    private final List<MemorySegment> pinned = new ArrayList<>();
    private boolean closed;

    /**
     * A device with so much memory that can be allocated.
     *
     * @param compiler for its architecture; what it makes must be cubins
     */
    public NullDevice(DeviceFacts facts, long freeBytes, KernelCompiler compiler) {
        this.facts = facts;
        this.compiler = compiler;
        this.memory = new AddressSpace(facts.name(), freeBytes);
        this.streams = new Streams(memory);
        this.kernels = new Kernels(facts);
        this.products = new ProductChecks(memory);
    }

    /** What it was told until now. */
    public Counts counts() {
        return tally.counts();
    }

    @Override
    public DeviceFacts facts() {
        return facts;
    }

    @Override
    public KernelCompiler compiler() {
        return compiler;
    }

    @Override
    public long freeBytes() {
        return memory.freeBytes();
    }

    @Override
    public long allocate(long bytes, String what) {
        open();
        streams.outsideRecording("allocating memory for " + what);
        tally.count(Event.ALLOCATION);
        return memory.allocate(bytes, what);
    }

    @Override
    public void free(long address) {
        streams.outsideRecording("freeing memory");
        long bytes = memory.bytes(address);
        streams.requireUnused(address, bytes);
        streams.forget(address, bytes);
        memory.free(address);
    }

    @Override
    public MemorySegment pinned(long bytes, String what) {
        open();
        streams.outsideRecording("allocating pinned memory for " + what);
        tally.count(Event.ALLOCATION);
        MemorySegment segment =
                host.allocate(Math.max(bytes, 1), AddressSpace.ALIGNMENT).asSlice(0, bytes);
        pinned.add(segment);
        return segment;
    }

    @Override
    public void unpin(MemorySegment segment) {
        streams.outsideRecording("freeing pinned memory");
        checkPinned("freeing", segment);
        streams.requireUnused(segment.address(), segment.byteSize());
        streams.forget(segment.address(), segment.byteSize());
        pinned.removeIf(whole -> whole.address() == segment.address());
    }

    private void checkPinned(String doing, MemorySegment segment) {
        long begin = segment.address();
        boolean found = pinned.stream()
                .anyMatch(whole ->
                        begin >= whole.address() && begin + segment.byteSize() <= whole.address() + whole.byteSize());
        if (!found) {
            throw new DefectException(
                    "host memory: " + doing + " must use pinned memory of this device, but uses other");
        }
    }

    @Override
    public void fill(long stream, long to, byte value, long bytes) {
        memory.check("filling", to, bytes);
        tally.count(Event.COPY, streams.add(stream, Access.write(to, bytes)));
    }

    @Override
    public void copy(long stream, long to, long from, long bytes) {
        memory.check("reading for a copy", from, bytes);
        memory.check("writing a copy", to, bytes);
        tally.count(Event.COPY, streams.add(stream, Access.read(from, bytes), Access.write(to, bytes)));
    }

    @Override
    public void copyIn(long stream, long to, MemorySegment from) {
        checkPinned("copying to the device", from);
        memory.check("copying to the device", to, from.byteSize());
        tally.count(
                Event.COPY_IN,
                streams.add(stream, Access.write(to, from.byteSize()), Access.read(from.address(), from.byteSize())));
    }

    @Override
    public void copyOut(long stream, MemorySegment to, long from) {
        checkPinned("copying from the device", to);
        memory.check("copying from the device", from, to.byteSize());
        tally.count(
                Event.COPY_OUT,
                streams.add(stream, Access.read(from, to.byteSize()), Access.write(to.address(), to.byteSize())));
    }

    @Override
    public long stream() {
        return streams.stream();
    }

    @Override
    public void endStream(long stream) {
        streams.endStream(stream);
    }

    @Override
    public void synchronize(long stream) {
        streams.synchronize(stream);
        tally.count(Event.SYNCHRONIZATION);
    }

    @Override
    public long event() {
        return streams.event();
    }

    @Override
    public void endEvent(long event) {
        streams.endEvent(event);
    }

    @Override
    public void waitFor(long event) {
        streams.waitFor(event);
        tally.count(Event.WAIT);
    }

    @Override
    public void record(long event, long stream) {
        streams.record(event, stream);
    }

    @Override
    public void mark(long event, long stream) {
        streams.mark(event, stream);
    }

    @Override
    public void await(long stream, long event) {
        streams.await(stream, event);
    }

    @Override
    public float millis(long from, long to) {
        streams.timed(from, to);
        return 0;
    }

    @Override
    public boolean hasClock() {
        return false;
    }

    @Override
    public long load(byte[] image) {
        streams.outsideRecording("loading kernels");
        return kernels.load(image);
    }

    @Override
    public void unload(long module) {
        streams.outsideRecording("unloading kernels");
        kernels.unload(module);
    }

    @Override
    public long function(long module, String name, int sharedBytes) {
        return kernels.function(module, name, sharedBytes);
    }

    @Override
    public void launch(long stream, long function, Grid grid, MemorySegment parameters) {
        List<Access> accesses = kernels.checkLaunch(function, grid, parameters, memory);
        tally.count(Event.LAUNCH, streams.add(stream, accesses));
    }

    @Override
    public List<byte[]> algorithms(Multiplication product, long workspaceBytes, int most) {
        // cuBLASLt 13.3 fails at this while anything is recorded.
        streams.outsideRecording("asking for ways to make a product");
        return products.algorithms(product, workspaceBytes);
    }

    @Override
    public Optional<String> productRecipe() {
        return Optional.empty();
    }

    @Override
    public long product(Multiplication product, byte[] algorithm) {
        streams.outsideRecording("making a product ready");
        return products.make(product, algorithm);
    }

    @Override
    public void endProduct(long product) {
        products.end(product);
    }

    @Override
    public void multiply(long stream, long product, Multiplication.Addresses at, long workspace) {
        List<Access> accesses = products.check(product, at, workspace);
        tally.count(Event.PRODUCT, streams.add(stream, accesses));
    }

    @Override
    public void beginCapture(long stream) {
        streams.begin(stream);
    }

    @Override
    public long endCapture(long stream) {
        return streams.end(stream);
    }

    @Override
    public void replay(long stream, long graph) {
        streams.replay(stream, graph);
        tally.count(Event.REPLAY);
    }

    @Override
    public void endGraph(long graph) {
        streams.endGraph(graph);
    }

    private void open() {
        if (closed) {
            throw new DefectException("device " + facts.name() + ": it must be open, but was closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            host.close();
        }
    }
}
