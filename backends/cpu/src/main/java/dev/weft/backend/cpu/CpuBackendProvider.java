package dev.weft.backend.cpu;

import dev.weft.backend.cpu.nativelib.DeepThreads;
import dev.weft.backend.cpu.nativelib.NativeLibraries;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.MachineException;
import dev.weft.graph.op.Primitive;
import java.util.Optional;

/** Offers the CPU backend where its native libraries can be loaded. */
public final class CpuBackendProvider implements BackendProvider {
    private static final int SUITABLE = 100;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Score score() {
        Optional<String> reason = NativeLibraries.whyNot();
        return reason.map(sentence -> new Score(0, sentence))
                .orElseGet(() -> new Score(SUITABLE, "compiles kernels with LLVM, multiplies matrices with oneDNN"));
    }

    @Override
    public Backend open(BackendOptions options) {
        NativeLibraries.whyNot().ifPresent(reason -> {
            throw new MachineException(reason + "; or choose --backend reference");
        });
        return DeepThreads.call(() -> new CpuBackend(options.threads()));
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
