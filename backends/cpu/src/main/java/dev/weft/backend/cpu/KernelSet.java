package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.LoadedCode;
import dev.weft.backend.spi.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The distinct kernels of a program: equal texts are one kernel, whatever layer they come from. */
final class KernelSet {
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<CompiledModule> modules = new ArrayList<>();
    private final Consumer<String> onNew;

    /** @param onNew takes the text of each kernel when it is first added */
    KernelSet(Consumer<String> onNew) {
        this.onNew = onNew;
    }

    /** Kernels that were compiled before; the text of each is its name. */
    static KernelSet of(List<Executable.Code> codes) {
        KernelSet set = new KernelSet(text -> {});
        for (Executable.Code code : codes) {
            set.names.put(code.name(), code.name());
            set.modules.add(new CompiledModule(code.object(), "", "", List.of()));
        }
        return set;
    }

    /** Names and object files, in order. */
    List<Executable.Code> codes() {
        List<Executable.Code> codes = new ArrayList<>();
        for (String name : names.values()) {
            codes.add(new Executable.Code(name, modules.get(codes.size()).object()));
        }
        return codes;
    }

    void add(Kernel kernel) {
        if (!names.containsKey(kernel.text())) {
            names.put(kernel.text(), KernelCache.symbol(kernel.text()));
            onNew.accept(kernel.text());
        }
    }

    String name(Kernel kernel) {
        return names.get(kernel.text());
    }

    int size() {
        return names.size();
    }

    /** Takes what was made of all kernels, in their order. */
    void compiled(List<CompiledModule> all) {
        modules.addAll(all);
    }

    /** Loads the code into this process. */
    LoadedCode load() {
        return LoadedCode.of(modules.stream().map(CompiledModule::object).toList());
    }

    /** The functions of loaded code, by name. */
    Map<String, KernelFunction> functions(LoadedCode code) {
        Map<String, KernelFunction> functions = new LinkedHashMap<>();
        names.values().forEach(name -> functions.put(name, new KernelFunction(code.find(name))));
        return functions;
    }

    List<Stage> stages() {
        String source = names.keySet().stream().map(KernelCache::named).collect(Collectors.joining("\n"));
        return List.of(
                new Stage("ir", "", source),
                new Stage(
                        "llvm",
                        "",
                        modules.stream().map(CompiledModule::optimized).collect(Collectors.joining("\n"))),
                new Stage(
                        "asm",
                        "",
                        modules.stream().map(CompiledModule::assembly).collect(Collectors.joining("\n"))));
    }
}
