package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A GPU, through NVIDIA's driver and cuBLASLt. Streams do not wait for the default stream, which is never used. */
public final class DriverDevice implements Device {
    private static final int PORTABLE = 1;
    private static final int NON_BLOCKING = 1;
    private static final int TIMED = 0;

    /** Of an event: it becomes a part of the graph that is recorded. */
    private static final int EVERY_REPLAY = 1;

    /** Everything is allowed while a graph is recorded: cuBLASLt may load a kernel when that is first used. */
    private static final int RELAXED = 2;

    private static final int MOST_DYNAMIC_SHARED = 8;

    /**
     * What memory is taken in, which is no more than the driver takes anyway. A kernel may read some bytes behind the end of a tensor, and
     * drop them; tools that watch each access should see them in what was allocated.
     */
    private static final long WHOLE_BYTES = 256;

    private final Driver driver;
    private final DriverCalls calls;
    private final int device;
    private final DeviceFacts facts;
    private final Nvrtc compiler;
    private final Products products;
    private final Owned owned;
    private final MemorySegment numbers;
    private boolean closed;

    private DriverDevice(Driver driver, int device, Libraries libraries, Supplier<SymbolLookup> cublasLt) {
        this.driver = driver;
        this.device = device;
        this.facts = driver.facts(device);
        long context = driver.read("making the context", DriverFunction.CONTEXT_RETAIN, device);
        this.calls = new DriverCalls(driver, context);
        this.compiler = new Nvrtc(libraries, facts.architecture());
        this.products = new Products(cublasLt, calls);
        this.owned = new Owned(calls);
        this.numbers = Arena.ofAuto().allocate(2 * Long.BYTES, Long.BYTES);
    }

    /**
     * The device that the driver counts as {@code ordinal}, from 0.
     *
     * @throws MachineException if the driver or the device is not there, or is too old
     */
    public static DriverDevice open(Libraries libraries, int ordinal) {
        return of(Driver.open(libraries.openDriver()), ordinal, libraries, libraries::openCublasLt);
    }

    /** @param cublasLt asked for when the first product is */
    static DriverDevice of(Driver driver, int ordinal, Libraries libraries, Supplier<SymbolLookup> cublasLt) {
        int device = driver.device(ordinal);
        Availability.tooOld(driver.facts(device)).ifPresent(lack -> {
            throw new MachineException(lack);
        });
        return new DriverDevice(driver, device, libraries, cublasLt);
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
        calls.enter();
        driver.check(
                driver.functions()
                        .status(DriverFunction.MEMORY_INFO, numbers.address(), numbers.address() + Long.BYTES),
                "asking for free memory");
        return numbers.get(ValueLayout.JAVA_LONG, 0);
    }

    @Override
    public long allocate(long bytes, String what) {
        long whole = Math.ceilDiv(Math.max(bytes, 1), WHOLE_BYTES) * WHOLE_BYTES;
        int status = calls.status(DriverFunction.MEMORY_ALLOCATE, numbers.address(), whole);
        if (status == Driver.OUT_OF_MEMORY) {
            throw new OutOfDeviceMemory(facts.name(), what, bytes, freeBytes());
        }
        driver.check(status, "allocating " + bytes + " bytes for " + what);
        return owned.add(Owned.Kind.MEMORY, numbers.get(ValueLayout.JAVA_LONG, 0));
    }

    @Override
    public void free(long address) {
        owned.end(Owned.Kind.MEMORY, address);
    }

    @Override
    @SuppressWarnings("restricted") // memory of the driver
    public MemorySegment pinned(long bytes, String what) {
        int status = calls.status(DriverFunction.HOST_ALLOCATE, numbers.address(), Math.max(bytes, 1), PORTABLE);
        if (status == Driver.OUT_OF_MEMORY) {
            throw new MachineException("host memory: " + what + " needs " + bytes
                    + " bytes that stay in place, but the system does not give them; end other programs, or raise the"
                    + " limit on locked memory");
        }
        driver.check(status, "allocating " + bytes + " bytes of pinned memory for " + what);
        long address = owned.add(Owned.Kind.PINNED, numbers.get(ValueLayout.JAVA_LONG, 0));
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public void unpin(MemorySegment segment) {
        owned.end(Owned.Kind.PINNED, segment.address());
    }

    @Override
    public void fill(long stream, long to, byte value, long bytes) {
        calls.fill(to, value, bytes, stream);
    }

    @Override
    public void copy(long stream, long to, long from, long bytes) {
        calls.copy(to, from, bytes, stream);
    }

    @Override
    public void copyIn(long stream, long to, MemorySegment from) {
        calls.copyIn(to, from.address(), from.byteSize(), stream);
    }

    @Override
    public void copyOut(long stream, MemorySegment to, long from) {
        calls.copyOut(to.address(), from, to.byteSize(), stream);
    }

    @Override
    public long stream() {
        return owned.add(Owned.Kind.STREAM, calls.read("making a stream", DriverFunction.STREAM_CREATE, NON_BLOCKING));
    }

    @Override
    public void endStream(long stream) {
        owned.end(Owned.Kind.STREAM, stream);
    }

    @Override
    public void synchronize(long stream) {
        calls.synchronize(stream);
    }

    @Override
    public long event() {
        return owned.add(Owned.Kind.EVENT, calls.read("making an event", DriverFunction.EVENT_CREATE, TIMED));
    }

    @Override
    public void endEvent(long event) {
        owned.end(Owned.Kind.EVENT, event);
    }

    @Override
    public void waitFor(long event) {
        calls.check(DriverFunction.EVENT_SYNCHRONIZE, "waiting for an event of the device", event);
    }

    @Override
    public void record(long event, long stream) {
        calls.record(event, stream);
    }

    @Override
    public void mark(long event, long stream) {
        calls.check(DriverFunction.EVENT_RECORD_FLAGS, "recording an event in a graph", event, stream, EVERY_REPLAY);
    }

    @Override
    public void await(long stream, long event) {
        calls.await(stream, event);
    }

    @Override
    public float millis(long from, long to) {
        calls.check(DriverFunction.EVENT_ELAPSED, "timing work on the device", numbers.address(), from, to);
        return numbers.get(ValueLayout.JAVA_FLOAT, 0);
    }

    @Override
    public boolean hasClock() {
        return true;
    }

    @Override
    public long load(byte[] image) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(image.length, Long.BYTES);
            MemorySegment.copy(image, 0, bytes, ValueLayout.JAVA_BYTE, 0, image.length);
            return owned.add(
                    Owned.Kind.MODULE, calls.read("loading kernels", DriverFunction.MODULE_LOAD, bytes.address()));
        }
    }

    @Override
    public void unload(long module) {
        owned.end(Owned.Kind.MODULE, module);
    }

    @Override
    public long function(long module, String name, int sharedBytes) {
        try (Arena arena = Arena.ofConfined()) {
            long function = calls.read(
                    "looking for kernel " + name,
                    DriverFunction.MODULE_FUNCTION,
                    module,
                    arena.allocateFrom(name).address());
            if (sharedBytes > 0) {
                calls.check(
                        DriverFunction.FUNCTION_ATTRIBUTE,
                        "giving kernel " + name + " " + sharedBytes + " bytes of shared memory",
                        function,
                        MOST_DYNAMIC_SHARED,
                        sharedBytes);
            }
            return function;
        }
    }

    @Override
    public void launch(long stream, long function, Grid grid, MemorySegment parameters) {
        calls.launch(function, grid, stream, parameters.address(), parameters.byteSize());
        Reference.reachabilityFence(parameters);
    }

    @Override
    public List<byte[]> algorithms(Multiplication product, long workspaceBytes, int most) {
        return products.algorithms(product, workspaceBytes, most);
    }

    @Override
    public Optional<String> productRecipe() {
        return Optional.of("%s %d.%d, driver %s, cuBLASLt %d"
                .formatted(facts.name(), facts.major(), facts.minor(), driver.version(), products.version()));
    }

    @Override
    public long product(Multiplication product, byte[] algorithm) {
        return products.make(product, algorithm);
    }

    @Override
    public void endProduct(long product) {
        products.end(product);
    }

    @Override
    public void multiply(long stream, long product, Multiplication.Addresses at, long workspace) {
        products.multiply(stream, product, at, workspace);
    }

    @Override
    public void beginCapture(long stream) {
        calls.check(DriverFunction.CAPTURE_BEGIN, "beginning to record a graph", stream, RELAXED);
    }

    @Override
    public long endCapture(long stream) {
        calls.check(DriverFunction.CAPTURE_END, "recording a graph", stream, numbers.address());
        long graph = numbers.get(ValueLayout.JAVA_LONG, 0);
        try {
            return owned.add(
                    Owned.Kind.GRAPH,
                    calls.read("making a graph ready to run", DriverFunction.GRAPH_INSTANTIATE, graph, 0L));
        } finally {
            calls.check(DriverFunction.GRAPH_DESTROY, "freeing what a graph was recorded in", graph);
        }
    }

    @Override
    public void replay(long stream, long graph) {
        calls.replay(graph, stream);
    }

    @Override
    public void endGraph(long graph) {
        owned.end(Owned.Kind.GRAPH, graph);
    }

    /**
     * The context of a process that has loaded cuBLASLt stays until it ends: the library has a CUDA runtime inside, which keeps what it knows
     * of a context and is not told of its end.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            boolean shared = products.isLoaded();
            products.close();
            owned.close();
            if (!shared) {
                driver.functions().status(DriverFunction.CONTEXT_RELEASE, device);
            }
        }
    }
}
