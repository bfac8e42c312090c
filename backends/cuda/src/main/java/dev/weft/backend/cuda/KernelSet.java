package dev.weft.backend.cuda;

import dev.weft.backend.cuda.KernelCode.Function;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.spi.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The distinct kernels of a program: equal texts are one kernel, whatever layer they come from. */
final class KernelSet {
    private final Map<String, Named> kernels = new LinkedHashMap<>();
    private final Map<String, KernelCache.Compiled> compiled = new HashMap<>();
    private final KernelCache.@Nullable Request request;
    private @Nullable KernelCode code;

    /** Kernels that are compiled when all of them are known. */
    KernelSet() {
        this(null);
    }

    /** @param request by which kernels are compiled while others are still written; null where that is to wait */
    KernelSet(KernelCache.@Nullable Request request) {
        this.request = request;
    }

    /**
     * A kernel with its name.
     *
     * @param sharedBytes most dynamic shared memory of a launch
     */
    private record Named(String name, int parameters, int sharedBytes) {
        Source source(String text) {
            return new Source(name, text.replace(Kernel.NAME, name), parameters);
        }
    }

    /** @param path of the first region that has the kernel: numbers in it do not matter, since all layers share it */
    void add(Kernel kernel, String path) {
        String text = kernel.text();
        if (!kernels.containsKey(text)) {
            Named named = new Named(
                    path.replaceAll("[^A-Za-z]+", "_") + "_" + Fingerprint.of(text),
                    kernel.slots().size(),
                    kernel.grid().sharedBytes());
            kernels.put(text, named);
            if (request != null) {
                request.add(text, named.source(text));
            }
        }
    }

    /** Kernels that were compiled before: their texts are not known any more, and their names stand in place of these. */
    static KernelSet of(KernelCode code) {
        KernelSet set = new KernelSet();
        set.code = code;
        return set;
    }

    int size() {
        KernelCode made = code;
        return made == null ? kernels.size() : made.functions().size();
    }

    void compile(KernelCache cache) {
        compiled.putAll(request == null ? cache.compile(sources()) : request.finish());
        List<Image> images = new ArrayList<>();
        Map<Image, Integer> numbers = new IdentityHashMap<>();
        List<Function> functions = new ArrayList<>();
        kernels.forEach((text, named) -> {
            KernelCache.Compiled kernel = compiled.get(text);
            int number = numbers.computeIfAbsent(kernel.image(), image -> {
                images.add(image);
                return images.size() - 1;
            });
            functions.add(new Function(kernel.name(), number, named.sharedBytes()));
        });
        code = new KernelCode(images.stream().map(Image::bytes).toList(), functions);
    }

    /** What a device needs of the kernels; they must have been compiled. */
    KernelCode code() {
        return Objects.requireNonNull(code, "kernels that are compiled");
    }

    /** The name by which an image has a kernel, which need not be the one that this program would have given it. */
    String name(Kernel kernel) {
        KernelCache.Compiled known = compiled.get(kernel.text());
        return known == null ? kernel.text() : known.name();
    }

    private Map<String, Source> sources() {
        Map<String, Source> sources = new LinkedHashMap<>();
        kernels.forEach((text, named) -> sources.put(text, named.source(text)));
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
}
