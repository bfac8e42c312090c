package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.FreedMemory;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.runtime.ThreadPool;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Support;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One pool of threads and one set of matrix products for all sessions. */
final class CpuBackend implements Backend {
    private final LlvmCompiler compiler = new LlvmCompiler();
    private final KernelCache cache = new KernelCache(compiler, CodeStore.open());
    private final OneDnn products = new OneDnn();
    private final ThreadPool pool;
    private final Set<CpuSession> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private final long memoryBytes;

    CpuBackend(BackendOptions options) {
        this.memoryBytes = options.memoryBytes();
        this.pool = new ThreadPool(options.threads(), OneDnn::enterThread);
    }

    @Override
    public List<String> capabilities() {
        return List.of(
                "processor: " + compiler.processor(),
                "vectors: " + (compiler.hasAvx512() ? "512 bits" : "as the processor has them"),
                "threads: " + pool.threads(),
                "kernels: LLVM 20",
                "matrix products: oneDNN 3.11, one thread a tile",
                "f32 products on one thread: " + Peak.oneThread(products));
    }

    @Override
    public Support supports(Class<? extends Primitive> op, ElementType element) {
        return Support.YES;
    }

    @Override
    public FusionModel fusionModel() {
        return FusionModel.STANDARD;
    }

    @Override
    public Optional<Limits> limits() {
        return Optional.of(new MachineLimits(pool, products, compiler).measured());
    }

    @Override
    public Session compile(Program program, CompileOptions options) {
        if (closed) {
            throw new IllegalStateException("backend cpu: is closed");
        }
        if (options.exact()) {
            throw new UserException("backend cpu: cannot compute in exact mode; choose --backend reference");
        }
        for (var entry : program.entries()) {
            for (Value value : program.body(entry).values()) {
                if (value.op() instanceof Call || value.op() instanceof Grad) {
                    throw new UserException(
                            "entry %s: must be without call and grad when it is compiled, got %s; inline it first"
                                    .formatted(entry.name(), value.op().mnemonic()));
                }
            }
        }
        CompiledProgram compiled = CompiledProgram.of(
                program, fusionModel(), options, cache, products, bytes -> SessionMemory.requireRoom(bytes, allowed()));
        // One at a time: what is free is not promised to two sessions.
        synchronized (open) {
            CpuSession session = new CpuSession(program, compiled, pool, allowed(), open::remove);
            open.add(session);
            return session;
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
            products.close();
            FreedMemory.giveBack();
        }
    }
}
