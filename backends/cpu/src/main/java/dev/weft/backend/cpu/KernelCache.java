package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.DeepThreads;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.spi.CodeStore;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Machine code by the text it was made of, for all sessions of a backend, and on disk for all processes: a program that is compiled
 * again for another batch shares what does not depend on it. The least recently used is forgotten first. Safe for many threads; each
 * text is compiled once.
 */
final class KernelCache {
    private static final int MOST = 4096;

    /** In the {@link CodeStore}. */
    static final String KIND = "kernel";

    private final Supplier<LlvmCompiler> compiler;
    private final CodeStore store;
    private final String recipe = LlvmCompiler.recipe();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Map<Key, CompiledModule> modules = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CompiledModule> eldest) {
            return size() > MOST;
        }
    };

    private record Key(String text, LlvmCompiler.Keep keep) {}

    /** @param compiler asked only if there is a kernel that is not kept */
    KernelCache(Supplier<LlvmCompiler> compiler, CodeStore store) {
        this.compiler = compiler;
        this.store = store;
    }

    /**
     * The modules of distinct texts, in their order; the function of each is {@link #symbol}. Callers take turns: many that compile at
     * once would start many threads, and mostly wait for the same kernels.
     */
    List<CompiledModule> compile(List<String> texts, LlvmCompiler.Keep keep) {
        turn.lock();
        try {
            Map<String, CompiledModule> known = new HashMap<>();
            for (String text : texts) {
                CompiledModule module = modules.get(new Key(text, keep));
                if (module != null) {
                    known.put(text, module);
                }
            }
            List<String> missing =
                    texts.stream().filter(text -> !known.containsKey(text)).toList();
            List<CompiledModule> made = DeepThreads.map(missing, text -> module(text, keep));
            for (int i = 0; i < missing.size(); i++) {
                known.put(missing.get(i), made.get(i));
                modules.put(new Key(missing.get(i), keep), made.get(i));
            }
            return texts.stream().map(known::get).toList();
        } finally {
            turn.unlock();
        }
    }

    /** From disk, where nothing but the object file is kept; otherwise compiled. */
    private CompiledModule module(String text, LlvmCompiler.Keep keep) {
        String name = symbol(text);
        String key = Fingerprint.key(recipe + "\n" + text);
        if (keep == LlvmCompiler.Keep.OBJECT_ONLY) {
            Optional<byte[]> known = store.read(KIND, key);
            if (known.isPresent()) {
                return new CompiledModule(known.get(), "", "", List.of());
            }
        }
        CompiledModule made = compiler.get().compile(name, named(text), keep);
        store.write(KIND, key, made.object());
        return made;
    }

    /** The function of a kernel: named by its text, so that objects of different programs can be linked together. */
    static String symbol(String text) {
        return "weft_%s".formatted(Fingerprint.of(text));
    }

    static String named(String text) {
        return text.replace(Kernel.NAME + "(", "@" + symbol(text) + "(");
    }
}
