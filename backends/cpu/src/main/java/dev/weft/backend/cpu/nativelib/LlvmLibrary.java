package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** LLVM's C interface, loaded once: functions bound on first use, the host's name and features. */
final class LlvmLibrary {
    /**
     * Loop strength reduction takes a third of the time of code generation, and finds little to do: addresses are sums of a counter and
     * what does not vary, which x86 adds up in a load.
     */
    static final List<String> OPTIONS = List.of("-disable-lsr");

    private final SymbolLookup lookup = NativeLibraries.open(NativeLibraries.Library.LLVM);
    private final ConcurrentMap<String, NativeFunction> functions = new ConcurrentHashMap<>();

    /** Descriptions of this processor, each used by one thread at a time and by the next one then: they take longer than a small kernel. */
    private final Queue<MemorySegment> machines = new ConcurrentLinkedQueue<>();

    private final LlvmDiagnostics diagnostics;
    private final String triple;
    private final String processor;
    private final String features;

    private LlvmLibrary() {
        String target = NativeLibraries.facts().platform().endsWith("-arm64") ? "AArch64" : "X86";
        for (String part : new String[] {"TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"}) {
            function("LLVMInitialize" + target + part, "V").run();
        }
        choose(OPTIONS);
        triple = take(function("LLVMGetDefaultTargetTriple", "P").pointer());
        Optional<IsaLevel> level = Processor.level();
        // LLVM knows the levels as processors.
        processor = level.map(IsaLevel::toString)
                .orElseGet(() -> take(function("LLVMGetHostCPUName", "P").pointer()));
        features = level.isPresent()
                ? ""
                : take(function("LLVMGetHostCPUFeatures", "P").pointer());
        diagnostics = new LlvmDiagnostics(this);
    }

    /** Sets options that only LLVM's own command lines have; for the whole process, before anything is compiled. */
    private void choose(List<String> options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(ValueLayout.ADDRESS, options.size() + 1L);
            words.setAtIndex(ValueLayout.ADDRESS, 0, arena.allocateFrom("weft"));
            for (int i = 0; i < options.size(); i++) {
                words.setAtIndex(ValueLayout.ADDRESS, i + 1L, arena.allocateFrom(options.get(i)));
            }
            function("LLVMParseCommandLineOptions", "VIPP").run(options.size() + 1, words, MemorySegment.NULL);
        }
    }

    /** The one attempt to load it. A lack is kept as a lack: thrown while a class is initialized, it would be an Error. */
    private static final class Holder {
        private static final Supplier<LlvmLibrary> LOADED = attempt();

        private static Supplier<LlvmLibrary> attempt() {
            try {
                LlvmLibrary library = new LlvmLibrary();
                return () -> library;
            } catch (MachineException lack) {
                return () -> {
                    throw new MachineException(lack.getMessage(), lack);
                };
            }
        }
    }

    /** The library, loaded by the first caller; {@link MachineException} where it cannot be. */
    static LlvmLibrary load() {
        return Holder.LOADED.get();
    }

    NativeFunction function(String name, String signature) {
        return functions.computeIfAbsent(name, key -> NativeFunction.bind(lookup, key, signature));
    }

    /** A description of this processor that nobody else uses until {@link #keep} gives it back. */
    MemorySegment machine(Supplier<MemorySegment> made) {
        MemorySegment kept = machines.poll();
        return kept == null ? made.get() : kept;
    }

    void keep(MemorySegment machine) {
        machines.add(machine);
    }

    LlvmDiagnostics diagnostics() {
        return diagnostics;
    }

    String triple() {
        return triple;
    }

    String processor() {
        return processor;
    }

    String features() {
        return features;
    }

    /** A message of LLVM's as a string; the native copy is freed. */
    String take(MemorySegment message) {
        if (NativeCalls.isNull(message)) {
            return "";
        }
        String text = NativeCalls.text(message);
        function("LLVMDisposeMessage", "VP").run(message);
        return text;
    }

    /** Throws what an {@code LLVMErrorRef} says, if it says anything. */
    void check(String subject, MemorySegment error) {
        if (NativeCalls.isNull(error)) {
            return;
        }
        MemorySegment message = function("LLVMGetErrorMessage", "PP").pointer(error);
        String text = NativeCalls.text(message);
        function("LLVMDisposeErrorMessage", "VP").run(message);
        throw new DefectException(subject + ": " + text);
    }

    /** A memory buffer with a copy of {@code bytes}, for a function that takes ownership. */
    MemorySegment buffer(byte[] bytes, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(bytes.length + 1L);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, data, 0, bytes.length);
            return function("LLVMCreateMemoryBufferWithMemoryRangeCopy", "PPLP")
                    .pointer(data, (long) bytes.length, arena.allocateFrom(name));
        }
    }
}
