package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.NativeFacts;
import dev.weft.backend.cpu.nativelib.NativeLibraries;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.MachineException;
import dev.weft.graph.op.Primitive;
import java.util.function.Supplier;

/** Offers the CPU backend where its native libraries can be loaded. */
public final class CpuBackendProvider implements BackendProvider {
    private static final int SUITABLE = 100;

    private final Supplier<NativeFacts> facts;

    /** For this machine; looks at it when it is asked. */
    public CpuBackendProvider() {
        this(NativeLibraries::facts);
    }

    /** For the machine that {@code facts} describe. */
    CpuBackendProvider(Supplier<NativeFacts> facts) {
        this.facts = facts;
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Score score() {
        return facts.get()
                .whyNot()
                .map(sentence -> new Score(0, sentence))
                .orElseGet(() -> new Score(SUITABLE, "compiles kernels with LLVM, multiplies matrices with oneDNN"));
    }

    @Override
    public Backend open(BackendOptions options) {
        // Without LLVM, programs that were compiled before can still be run.
        facts.get().withoutCompiler().whyNot().ifPresent(reason -> {
            throw new MachineException(reason);
        });
        // A level that there is not is told before a library is loaded for it.
        Processor.here();
        return new CpuBackend(options);
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
