package dev.weft.backend.cpu;

import dev.weft.backend.cpu.kernel.ProductsInF32;
import dev.weft.backend.cpu.nativelib.Begun;
import dev.weft.backend.cpu.nativelib.DeepThreads;
import dev.weft.backend.cpu.nativelib.FreedMemory;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.cpu.runtime.ThreadPool;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CodeVersion;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.LoadedSession;
import dev.weft.backend.spi.MemoryFit;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Support;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** One pool of threads and one set of matrix products for all sessions. */
final class CpuBackend implements Backend {
    private final KernelCache cache;
    /** It takes a moment to load, and programs have to be read first; one that was loaded may never be run. */
    private final Begun<OneDnn> products = new Begun<>(OneDnn::new);

    private final ThreadPool pool;
    private final Set<CpuSession> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private final long memoryBytes;
    private final long budgetBytes;

    CpuBackend(BackendOptions options) {
        this.memoryBytes = options.memoryBytes();
        this.budgetBytes = options.budgetBytes();
        this.cache = new KernelCache(LlvmCompiler::new, options.keepsCode() ? CodeStore.open() : CodeStore.none());
        this.pool = new ThreadPool(options.threads(), OneDnn::enterThread);
    }

    /** Loads LLVM if nobody has: a program that is loaded does without. */
    private static LlvmCompiler compiler() {
        return DeepThreads.call(LlvmCompiler::new);
    }

    @Override
    public List<String> capabilities() {
        LlvmCompiler compiler = compiler();
        return List.of(
                "processor: " + compiler.processor(),
                "vectors: " + (Processor.here().hasAvx512() ? "512 bits" : "as the processor has them"),
                "threads: " + pool.threads(),
                "kernels: LLVM 20",
                "matrix products: oneDNN 3.11, one thread a tile",
                "f32 products on one thread: " + Peak.oneThread(products.get()),
                "bf16 products: "
                        + (Processor.here().hasBf16()
                                ? "native"
                                : "in f32, of numbers rounded to bf16: this processor multiplies none"),
                "int8 products: "
                        + (Processor.here().multipliesBytes()
                                ? "native"
                                : "in f32, of numbers rounded to 8 bits: this processor multiplies no bytes"));
    }

    @Override
    public Support supports(Class<? extends Primitive> op, ElementType element) {
        return Support.YES;
    }

    @Override
    public FusionModel fusionModel() {
        FusionModel model = FusionModel.STANDARD
                .withStreams(FusionModel.Streams.STANDARD)
                .withJoins()
                .withWidening();
        return Processor.here().multipliesBytes() ? model.withRounding() : model;
    }

    @Override
    public Optional<Limits> limits() {
        return Optional.of(new MachineLimits(pool, products.get(), compiler()).measured());
    }

    @Override
    public Session compile(Program program, CompileOptions options) {
        if (closed) {
            throw new IllegalStateException("backend cpu: is closed");
        }
        if (options.exact()) {
            throw new UserException("backend cpu: cannot compute in exact mode; choose --backend reference");
        }
        Program multiplied = multiplied(program);
        return session(multiplied, withinBudget(budget -> compiled(multiplied, options, budget)));
    }

    /** Takes as long as compiling without LLVM: kernels are written to know what they need beside tensors. */
    @Override
    public OptionalLong memoryBytes(Program program) {
        Program multiplied = multiplied(program);
        CompiledProgram written =
                withinBudget(budget -> CompiledProgram.written(multiplied, fusionModel(), products, budget));
        return OptionalLong.of(written.peakBytes(pool.threads()));
    }

    /** The program in products that this processor has. */
    private static Program multiplied(Program program) {
        program.requireInlined();
        return Processor.here().hasBf16() ? program : program.mapFunctions(ProductsInF32::of);
    }

    private Session session(Program program, CompiledProgram compiled) {
        // One at a time: what is free is not promised to two sessions.
        synchronized (open) {
            CpuSession session = new CpuSession(program, compiled, pool, allowed(), open::remove);
            open.add(session);
            return session;
        }
    }

    private CompiledProgram withinBudget(LongFunction<CompiledProgram> planned) {
        return new MemoryFit<CompiledProgram>(
                        planned,
                        compiled -> compiled.plan().peakBytes(0),
                        compiled -> compiled.peakBytes(pool.threads()),
                        compiled -> compiled.again().regions())
                .within(budgetBytes);
    }

    private CompiledProgram compiled(Program program, CompileOptions options, long budget) {
        return CompiledProgram.of(
                program,
                fusionModel(),
                options,
                cache,
                products,
                budget,
                bytes -> SessionMemory.requireRoom(bytes, allowed()));
    }

    /** Both libraries take a moment to load, and then wait; where one is not there, who compiles is told. */
    @Override
    public void expectCompile() {
        products.begin();
        DeepThreads.begin(LlvmCompiler::new);
    }

    @Override
    public String target() {
        return CodeVersion.of(CpuBackend.class, Backend.class, Program.class) + " " + LlvmCompiler.recipe();
    }

    /** Loops are cut by the width of vectors, and oneDNN chooses its kernels by what instructions there are. */
    @Override
    public String arithmetic() {
        List<String> instructions = Processor.here().instructions();
        int bits = Processor.here().hasAvx512() ? 512 : instructions.contains("avx2") ? 256 : 128;
        return "vectors of %d bits, instructions %08x".formatted(bits, instructions.hashCode());
    }

    @Override
    public Optional<String> cacheProblem() {
        return cache.problem();
    }

    @Override
    public LoadedSession load(byte[] bytes) {
        if (closed) {
            throw new IllegalStateException("backend cpu: is closed");
        }
        long start = System.nanoTime();
        Executable executable = Executable.read(bytes, Processor.here());
        Program program = executable.signature().program();
        CompiledProgram compiled = executable.compiled(products, (System.nanoTime() - start) / 1e6);
        return new LoadedSession(session(program, compiled), program);
    }

    private void closeProducts() {
        try {
            if (products.hasBegun()) {
                products.get().close();
            }
        } catch (MachineException lack) {
            // They were never there, and whoever asked for them was told.
        }
    }

    /** What the options leave to another session; empty where they leave it to the machine. */
    private OptionalLong allowed() {
        if (memoryBytes == BackendOptions.UNLIMITED) {
            return OptionalLong.empty();
        }
        long held = open.stream()
                .mapToLong(session -> session.statistics().peakBytes())
                .sum();
        return OptionalLong.of(Math.max(0, memoryBytes - held));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            List.copyOf(open).forEach(CpuSession::close);
            pool.close();
            closeProducts();
            FreedMemory.giveBack();
        }
    }
}
