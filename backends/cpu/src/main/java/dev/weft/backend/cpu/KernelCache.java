package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.DeepQueue;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Fingerprint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

    /** Why kernels could not be kept or found, in a sentence. */
    Optional<String> problem() {
        return store.problem();
    }

    /** The modules of distinct texts, in their order; the function of each is {@link #symbol}. */
    List<CompiledModule> compile(List<String> texts, LlvmCompiler.Keep keep) {
        try (Batch batch = begin(keep)) {
            texts.forEach(batch::add);
            return batch.finish();
        }
    }

    /**
     * Begins to compile kernels of which no text is known yet. Callers take turns: many that compile at once would start many threads,
     * and mostly wait for the same kernels. Who begins must close it.
     */
    Batch begin(LlvmCompiler.Keep keep) {
        turn.lock();
        return new Batch(keep);
    }

    /** Kernels that are compiled while further ones are written, on a few threads. */
    final class Batch implements AutoCloseable {
        private final LlvmCompiler.Keep keep;
        private final String recipe = LlvmCompiler.recipe();
        private final Map<Key, CompletableFuture<CompiledModule>> results = new LinkedHashMap<>();
        private final DeepQueue<String, CompiledModule> queue;

        private Batch(LlvmCompiler.Keep keep) {
            this.keep = keep;
            this.queue = new DeepQueue<>(text -> module(text, keep, recipe));
        }

        /** Has a kernel compiled, unless it is there. */
        void add(String text) {
            Key key = new Key(text, keep);
            CompiledModule known = modules.get(key);
            results.put(key, known == null ? queue.add(text, text.length()) : CompletableFuture.completedFuture(known));
        }

        /** The modules of all texts, in their order. */
        List<CompiledModule> finish() {
            queue.finish();
            results.forEach((key, module) -> modules.put(key, module.join()));
            return results.values().stream().map(CompletableFuture::join).toList();
        }

        @Override
        public void close() {
            try {
                queue.close();
            } finally {
                turn.unlock();
            }
        }
    }

    /** From disk, where nothing but the object file is kept; otherwise compiled. */
    private CompiledModule module(String text, LlvmCompiler.Keep keep, String recipe) {
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
