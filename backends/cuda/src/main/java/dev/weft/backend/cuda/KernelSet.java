package dev.weft.backend.cuda;

import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.runtime.Held;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The distinct kernels of a program: equal texts are one kernel, whatever layer they come from. */
final class KernelSet {
    private final Map<String, Named> kernels = new LinkedHashMap<>();
    private byte[] image = {};
    private String log = "";

    /**
     * A kernel with its name.
     *
     * @param sharedBytes most dynamic shared memory of a launch
     */
    private record Named(String name, int parameters, int sharedBytes) {}

    /** @param path of the first region that has the kernel: numbers in it do not matter, since all layers share it */
    void add(Kernel kernel, String path) {
        kernels.computeIfAbsent(
                kernel.text(),
                text -> new Named(
                        path.replaceAll("[^A-Za-z]+", "_") + "_%08x".formatted(text.hashCode()) + "_" + kernels.size(),
                        kernel.slots().size(),
                        kernel.grid().sharedBytes()));
    }

    String name(Kernel kernel) {
        return kernels.get(kernel.text()).name();
    }

    int size() {
        return kernels.size();
    }

    void compile(KernelCompiler compiler) {
        if (!kernels.isEmpty()) {
            KernelCompiler.Image compiled = compiler.compile(sources());
            image = compiled.bytes();
            log = compiled.log();
        }
    }

    private List<KernelCompiler.Source> sources() {
        List<KernelCompiler.Source> sources = new ArrayList<>();
        kernels.forEach((text, named) -> sources.add(
                new KernelCompiler.Source(named.name(), text.replace(Kernel.NAME, named.name()), named.parameters())));
        return sources;
    }

    /** The text of all kernels. */
    String text() {
        StringBuilder text = new StringBuilder();
        sources().forEach(source -> text.append(source.text()).append('\n'));
        return text.toString();
    }

    /** What the compiler said of them. */
    String log() {
        return log;
    }

    /** The functions, loaded onto a device, by name. */
    Map<String, Long> load(Held held) {
        Map<String, Long> functions = new HashMap<>();
        if (!kernels.isEmpty()) {
            long module = held.module(image);
            kernels.values()
                    .forEach(named -> functions.put(
                            named.name(), held.device().function(module, named.name(), named.sharedBytes())));
        }
        return functions;
    }
}
