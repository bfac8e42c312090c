package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.region.ProductSupport;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.graph.Program;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernels of many programs; equal texts are one, under a name that no other has. */
final class CollectedKernels implements KernelCompiler {
    static final DeviceFacts FACTS = new DeviceFacts("H200", 9, 0, 132, 2048, 227 << 10, 60 << 20, 141L << 30);

    private final Map<String, Source> distinct = new LinkedHashMap<>();

    @Override
    public Image compile(List<Source> kernels) {
        for (Source kernel : kernels) {
            String text = kernel.text().replace(kernel.name(), "kernel");
            distinct.computeIfAbsent(text, key -> {
                String name = "kernel_" + distinct.size();
                return new Source(name, kernel.text().replace(kernel.name(), name), kernel.parameters());
            });
        }
        return new Image(new byte[0], "");
    }

    CompiledProgram add(Program program) {
        return CompiledProgram.of(
                program,
                CudaBackend.FUSION,
                CompileOptions.DEFAULT,
                new KernelCache(this, CodeStore.none(), 1),
                new ProductSupport(FACTS, any -> true, false));
    }

    /** All of them, in batches of at most so many. */
    List<List<Source>> batches(int size) {
        List<Source> all = List.copyOf(distinct.values());
        List<List<Source>> batches = new ArrayList<>();
        for (int i = 0; i < all.size(); i += size) {
            batches.add(all.subList(i, Math.min(all.size(), i + size)));
        }
        return batches;
    }

    int size() {
        return distinct.size();
    }
}
