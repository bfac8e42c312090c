package dev.weft.backend.cuda;

import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.backend.spi.Fingerprint;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The distinct kernels of a program: equal texts are one kernel, whatever layer they come from. */
final class KernelSet {
    private final Map<String, Named> kernels = new LinkedHashMap<>();
    private final Map<String, KernelCache.Compiled> compiled = new HashMap<>();

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
                        path.replaceAll("[^A-Za-z]+", "_") + "_" + Fingerprint.of(text),
                        kernel.slots().size(),
                        kernel.grid().sharedBytes()));
    }

    int size() {
        return kernels.size();
    }

    void compile(KernelCache cache) {
        compiled.putAll(cache.compile(sources()));
    }

    private Map<String, Source> sources() {
        Map<String, Source> sources = new LinkedHashMap<>();
        kernels.forEach((text, named) -> sources.put(
                text, new Source(named.name(), text.replace(Kernel.NAME, named.name()), named.parameters())));
        return sources;
    }

    /** The text of all kernels. */
    String text() {
        return sources().values().stream().map(source -> source.text() + "\n").collect(Collectors.joining());
    }

    /** What the compiler said of them. */
    String log() {
        return compiled.values().stream()
                .map(KernelCache.Compiled::image)
                .distinct()
                .map(Image::log)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** The functions, loaded onto a device, by the text of their kernels. */
    Map<String, Long> load(Held held) {
        Map<String, Long> functions = new HashMap<>();
        Map<Image, Long> modules = new HashMap<>();
        kernels.forEach((text, named) -> {
            KernelCache.Compiled kernel = compiled.get(text);
            long module = modules.computeIfAbsent(kernel.image(), image -> held.module(image.bytes()));
            functions.put(text, held.device().function(module, kernel.name(), named.sharedBytes()));
        });
        return functions;
    }
}
