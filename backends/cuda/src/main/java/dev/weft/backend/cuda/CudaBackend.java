package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.backend.cuda.region.ProductSupport;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CodeVersion;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.LoadedSession;
import dev.weft.backend.spi.Memory;
import dev.weft.backend.spi.MemoryFit;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Support;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** One device for all sessions. */
final class CudaBackend implements Backend {
    /**
     * Tiles leave no limit to a stream's columns but the vocabulary's, whose products are too deep to be made twice. A small operand that
     * all blocks read may be one attention's keys, but hardly a layer's weight.
     */
    static final FusionModel FUSION = FusionModel.STANDARD
            .withStreams(new FusionModel.Streams(5, 32_768, 256, 1 << 17, 4, true))
            .withoutTotals();

    /**
     * A property that names the epilogues which products may have, such as {@code NONE} alone: where a library makes one wrongly, what it
     * would do is made by a kernel.
     */
    static final String EPILOGUES = "weft.cuda.epilogues";

    private final Device device;
    private final KernelCache kernels;
    private final ProductChoices choices;
    private final Set<CudaSession> open = ConcurrentHashMap.newKeySet();
    private final long memoryBytes;
    private final boolean tf32;
    private final long budgetBytes;
    private final Map<Multiplication, Boolean> offered = new HashMap<>();
    private final Set<Epilogue> epilogues;
    private boolean closed;

    CudaBackend(Device device, BackendOptions options) {
        this(device, options, options.keepsCode() ? CodeStore.open() : CodeStore.none());
    }

    /** @param store for compiled kernels */
    CudaBackend(Device device, BackendOptions options, CodeStore store) {
        this.device = device;
        this.kernels = new KernelCache(device.compiler(), store, options.threads());
        this.choices = new ProductChoices(device, store);
        this.memoryBytes = options.memoryBytes();
        this.tf32 = options.tf32();
        this.budgetBytes = options.budgetBytes();
        this.epilogues = epilogues(System.getProperty(EPILOGUES, ""));
    }

    /** By name, with commas between them; all if none is named. */
    private static Set<Epilogue> epilogues(String names) {
        Set<Epilogue> named = EnumSet.noneOf(Epilogue.class);
        for (String name : names.isEmpty() ? new String[0] : names.split(",")) {
            named.add(Arrays.stream(Epilogue.values())
                    .filter(epilogue -> epilogue.name().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new UserException("%s: must name some of %s, got %s"
                            .formatted(EPILOGUES, Arrays.toString(Epilogue.values()), name))));
        }
        return named.isEmpty() ? EnumSet.allOf(Epilogue.class) : named;
    }

    /** How many kernels were compiled because they were not kept. */
    int compiledKernels() {
        return kernels.compiled();
    }

    @Override
    public List<String> capabilities() {
        DeviceFacts facts = device.facts();
        return List.of(
                "device: " + facts.name(),
                "compute capability: " + facts.major() + "." + facts.minor(),
                "multiprocessors: " + facts.multiprocessors(),
                "memory: " + Memory.text(facts.memoryBytes()));
    }

    @Override
    public boolean hasTf32() {
        return true;
    }

    @Override
    public Map<String, String> choices() {
        synchronized (device) {
            return choices.chosen();
        }
    }

    @Override
    public void keepTo(Map<String, String> made) {
        synchronized (device) {
            choices.keepTo(made);
        }
    }

    @Override
    public Support supports(Class<? extends Primitive> op, ElementType element) {
        return Support.YES;
    }

    @Override
    public FusionModel fusionModel() {
        return FUSION;
    }

    /** Of a device that is only described there is nothing to measure. */
    @Override
    public Optional<Limits> limits() {
        synchronized (device) {
            requireOpen();
            return device.hasClock()
                    ? Optional.of(new MachineLimits(device, kernels, tf32).measured())
                    : Optional.empty();
        }
    }

    @Override
    public void expectCompile() {
        kernels.expect();
    }

    @Override
    public Session compile(Program program, CompileOptions options) {
        if (options.exact()) {
            throw new UserException("backend cuda: cannot compute in exact mode; choose --backend reference");
        }
        program.requireInlined();
        // The device is used by one thread at a time.
        synchronized (device) {
            requireOpen();
            CompiledProgram written = withinBudget(program, options, this::kernels);
            requireRoom(written.deviceBytes(program).inPieces());
            return session(program, written.compiled(kernels, options), options.timed());
        }
    }

    /** Compiled while others are still written; but where there may be no room, or more than one plan, not before that is known. */
    private KernelSet kernels(long planBytes) {
        boolean limited = budgetBytes != BackendOptions.UNLIMITED || memoryBytes != BackendOptions.UNLIMITED;
        return limited || planBytes > device.freeBytes() ? new KernelSet() : new KernelSet(kernels.begin());
    }

    private Session session(Program program, CompiledProgram compiled, boolean timed) {
        CudaSession session = CudaSession.open(device, program, compiled, choices, timed, open::remove);
        open.add(session);
        return session;
    }

    @Override
    public LoadedSession load(byte[] bytes) {
        synchronized (device) {
            requireOpen();
            long start = System.nanoTime();
            Executable executable = Executable.read(bytes, device.facts());
            Program program = executable.signature().program();
            CompiledProgram compiled = executable.compiled((System.nanoTime() - start) / 1e6);
            requireRoom(compiled.deviceBytes(program).inPieces());
            return new LoadedSession(session(program, compiled, false), program);
        }
    }

    /** Kernels depend on the device's architecture and sizes, and which products end in an epilogue on its libraries. */
    @Override
    public String target() {
        String unknown = "unknown " + System.nanoTime();
        return String.join(
                "\n",
                CodeVersion.of(CudaBackend.class, Backend.class, Program.class),
                device.facts().text(),
                device.compiler().recipe().orElse(unknown),
                epilogues.toString(),
                device.productRecipe().orElse(""));
    }

    private CompiledProgram withinBudget(Program program, CompileOptions options, LongFunction<KernelSet> empty) {
        ProductSupport support = new ProductSupport(device.facts(), this::offers, tf32);
        return new MemoryFit<CompiledProgram>(
                        budget -> CompiledProgram.of(program, fusionModel(), options, budget, support, empty),
                        compiled -> compiled.plan().peakBytes(0),
                        compiled -> compiled.deviceBytes(program).bytes(),
                        compiled -> compiled.again().regions())
                .within(budgetBytes);
    }

    @Override
    public OptionalLong memoryBytes(Program program) {
        program.requireInlined();
        CompiledProgram written = withinBudget(program, CompileOptions.DEFAULT, _ -> new KernelSet());
        return OptionalLong.of(written.deviceBytes(program).inPieces());
    }

    /** Whether the device makes a product with such an epilogue. */
    private boolean offers(Multiplication product) {
        if (product.epilogue() != Epilogue.NONE && !epilogues.contains(product.epilogue())) {
            return false;
        }
        synchronized (device) {
            return offered.computeIfAbsent(product, asked -> !device.algorithms(asked, BoundProgram.WORKSPACE_BYTES, 1)
                    .isEmpty());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("backend cuda: is closed");
        }
    }

    /** Refuses what the options or the device do not leave, before anything is compiled or allocated. */
    private void requireRoom(long needed) {
        if (memoryBytes != BackendOptions.UNLIMITED) {
            long held = open.stream()
                    .mapToLong(session -> session.statistics().peakBytes())
                    .sum();
            Memory.require(needed, OptionalLong.of(Math.max(0, memoryBytes - held)), "the memory limit leaves");
        }
        long free = device.freeBytes();
        if (needed > free) {
            throw new OutOfDeviceMemory(device.facts().name(), "the tensors of this program", needed, free);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                List.copyOf(open).forEach(CudaSession::close);
            } finally {
                device.close();
            }
        }
    }
}
