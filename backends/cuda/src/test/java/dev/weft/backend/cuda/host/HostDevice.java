package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Epilogue.Vector;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.host.Worker.Answer;
import dev.weft.backend.cuda.host.Worker.Request;
import dev.weft.graph.DefectException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A device that is the processor. It keeps to what CUDA allows, and says what a kernel does wrong; after that it is lost, as a GPU's
 * context is, and another one must be opened.
 */
public final class HostDevice implements Device {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SHARED_BYTES = 227 * 1024;
    private static final byte[] ONLY_ALGORITHM = {0};

    /** clang and what was compiled with it, for all devices of this process. */
    private static final class Shared {
        private static final Toolchain TOOLCHAIN = Toolchain.unpacked();
        private static final Path WORKER = Native.worker(TOOLCHAIN);
        private static final HostCompiler COMPILER = new HostCompiler(TOOLCHAIN, UnaryOperator.identity());
    }

    /** @param lacking the same kernel without one of its barriers each */
    private record Function(long kernel, String name, int sharedBytes, List<Long> lacking) {}

    private final DeviceFacts facts;
    private final KernelCompiler compiler;
    private final @Nullable KernelLog log;
    private final Worker worker;
    private final HostMemory memory;
    private final AtomicLong counter = new AtomicLong();
    private final Streams streams = new Streams(counter);
    private final Handles<Long> modules = new Handles<>("module", counter);
    private final Handles<Function> functions = new Handles<>("function", counter);
    private final Handles<HostProduct> products = new Handles<>("product", counter);

    private HostDevice(long memoryBytes, Order order, Duration limit, KernelCompiler compiler) {
        this.compiler = compiler;
        log = compiler instanceof KernelLog kept ? kept : null;
        facts = new DeviceFacts("host device", 9, 0, 132, 2048, SHARED_BYTES, 50L << 20, memoryBytes);
        worker = new Worker(Shared.WORKER, HostMemory.SPACE, SHARED_BYTES, order, limit);
        memory = new HostMemory(worker, memoryBytes);
    }

    /** A device with that much memory, whose threads run in that order. */
    public static HostDevice open(long memoryBytes, Order order) {
        return new HostDevice(memoryBytes, order, LIMIT, Shared.COMPILER);
    }

    /** As above, with a compiler of {@link #compilerOfEdited}, or one that is told of all kernels. */
    public static HostDevice open(long memoryBytes, Order order, KernelCompiler compiler) {
        return new HostDevice(memoryBytes, order, LIMIT, compiler);
    }

    /** @param limit of processor time that a launch may take */
    static HostDevice open(long memoryBytes, Order order, Duration limit) {
        return new HostDevice(memoryBytes, order, limit, Shared.COMPILER);
    }

    /** The compiler, which needs no device. */
    public static KernelCompiler hostCompiler() {
        return Shared.COMPILER;
    }

    /**
     * A compiler that changes each text before it compiles it, to plant faults.
     *
     * @param edit of a kernel's text, and of {@code kernels.cuh}
     */
    public static KernelCompiler compilerOfEdited(UnaryOperator<String> edit) {
        return new HostCompiler(Shared.TOOLCHAIN, edit);
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
        streams.notDuringCapture("allocate " + what);
        return memory.allocate(bytes, what);
    }

    @Override
    public void free(long address) {
        streams.notDuringCapture("free");
        memory.free(address);
    }

    @Override
    public MemorySegment pinned(long bytes, String what) {
        streams.notDuringCapture("allocate pinned memory for " + what);
        return memory.pinned(bytes);
    }

    @Override
    public void unpin(MemorySegment segment) {
        streams.notDuringCapture("free pinned memory");
        memory.unpin(segment);
    }

    @Override
    public void fill(long stream, long to, byte value, long bytes) {
        MemorySegment target = memory.at(to, bytes, "fill");
        streams.run(stream, () -> target.fill(value));
    }

    @Override
    public void copy(long stream, long to, long from, long bytes) {
        copy(stream, memory.at(to, bytes, "copy to"), memory.at(from, bytes, "copy from"));
    }

    @Override
    public void copyIn(long stream, long to, MemorySegment from) {
        memory.requirePinned(from, "copy in");
        copy(stream, memory.at(to, from.byteSize(), "copy in"), from);
    }

    @Override
    public void copyOut(long stream, MemorySegment to, long from) {
        memory.requirePinned(to, "copy out");
        copy(stream, to, memory.at(from, to.byteSize(), "copy out"));
    }

    private void copy(long stream, MemorySegment to, MemorySegment from) {
        streams.run(stream, () -> to.copyFrom(from));
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
        return streams.millis(from, to);
    }

    @Override
    public boolean hasClock() {
        return true;
    }

    @Override
    public long load(byte[] image) {
        streams.notDuringCapture("load a module");
        return modules.add(Worker.require(worker.ask(Request.LOAD, image)));
    }

    @Override
    public void unload(long module) {
        streams.notDuringCapture("unload a module");
        Worker.require(worker.ask(Request.UNLOAD, modules.remove(module)));
    }

    @Override
    public long function(long module, String name, int sharedBytes) {
        List<Long> lacking = log == null
                ? List.of()
                : log.lacking(name).stream().map(other -> find(module, other)).toList();
        return functions.add(new Function(find(module, name), name, sharedBytes, lacking));
    }

    private long find(long module, String name) {
        return Worker.require(worker.ask(Request.FIND, modules.get(module), name));
    }

    @Override
    public void launch(long stream, long function, Grid grid, MemorySegment parameters) {
        Function kernel = functions.get(function);
        if (grid.sharedBytes() > kernel.sharedBytes()) {
            throw new DefectException(
                    "kernel %s: was to be launched with at most %d bytes of dynamic shared memory, got %d"
                            .formatted(kernel.name(), kernel.sharedBytes(), grid.sharedBytes()));
        }
        long[] values = parameters.toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        long[] words = new long[6 + values.length];
        words[0] = kernel.kernel();
        words[1] = grid.blocks();
        words[2] = grid.blocksY();
        words[3] = grid.threads();
        words[4] = grid.sharedBytes();
        words[5] = values.length;
        System.arraycopy(values, 0, words, 6, values.length);
        streams.run(stream, () -> launch(kernel, grid, words));
    }

    private void launch(Function kernel, Grid grid, long[] words) {
        if (log != null) {
            log.ran(kernel.name());
            // A warp alone waits for nobody.
            if (!kernel.lacking().isEmpty() && grid.threads() > Grid.WARP && log.isToTry(kernel.name())) {
                long[] tried = LongStream.concat(
                                LongStream.concat(
                                        LongStream.of(kernel.lacking().size()),
                                        kernel.lacking().stream().mapToLong(Long::longValue)),
                                LongStream.of(words))
                        .toArray();
                Answer answer = worker.ask(Request.TRY, tried);
                require(answer);
                log.tried(kernel.name(), answer.value());
                return;
            }
        }
        require(worker.ask(Request.LAUNCH, words));
    }

    /** What is wrong, and whose memory it concerns. */
    private void require(Answer answer) {
        if (!answer.sentence().isEmpty()) {
            throw new DefectException(answer.sentence() + memory.whereabouts(answer.value()));
        }
    }

    @Override
    public List<byte[]> algorithms(Multiplication product, long workspaceBytes, int most) {
        return List.of(ONLY_ALGORITHM.clone());
    }

    @Override
    public Optional<String> productRecipe() {
        return Optional.empty();
    }

    @Override
    public long product(Multiplication product, byte[] algorithm) {
        return products.add(new HostProduct(product));
    }

    @Override
    public void endProduct(long product) {
        products.remove(product);
    }

    @Override
    public void multiply(long stream, long product, Multiplication.Addresses at, long workspace) {
        HostProduct described = products.get(product);
        Multiplication shape = described.product();
        memory.at(at.a(), shape.a().bytes(), "product's A");
        memory.at(at.b(), shape.b().bytes(), "product's B");
        memory.at(at.d(), shape.d().bytes(), "product's D");
        if (shape.beta() != 0) {
            memory.at(at.c(), shape.d().bytes(), "product's C");
        }
        if (shape.epilogue().vector() != Vector.NONE) {
            long bytes = shape.vectorLength() * shape.d().element().bytes();
            memory.at(at.vector(), bytes, "product's vector");
        }
        if (shape.epilogue().auxiliary() != Auxiliary.NONE) {
            memory.at(at.auxiliary(), shape.auxiliary().bytes(), "product's auxiliary matrix");
        }
        long[] words = described.words(at);
        streams.run(stream, () -> require(worker.ask(Request.MULTIPLY, words)));
    }

    @Override
    public void beginCapture(long stream) {
        streams.beginCapture(stream);
    }

    @Override
    public long endCapture(long stream) {
        return streams.endCapture(stream);
    }

    @Override
    public void replay(long stream, long graph) {
        streams.replay(stream, graph);
    }

    @Override
    public void endGraph(long graph) {
        streams.endGraph(graph);
    }

    @Override
    public void close() {
        worker.close();
        memory.close();
    }
}
