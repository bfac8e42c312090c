package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Machine code by the text it was made of, for all sessions of a backend: a program that is compiled again for another batch shares
 * what does not depend on it. The least recently used is forgotten first. Safe for many threads; each text is compiled once.
 */
final class KernelCache {
    private static final int MOST = 4096;

    private final LlvmCompiler compiler;
    private final Map<Key, CompletableFuture<CompiledModule>> modules = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CompletableFuture<CompiledModule>> eldest) {
            return size() > MOST;
        }
    };

    private record Key(String text, LlvmCompiler.Keep keep) {}

    KernelCache(LlvmCompiler compiler) {
        this.compiler = compiler;
    }

    /** The module whose function is {@link #symbol}. */
    CompiledModule compile(String text, LlvmCompiler.Keep keep) {
        Key key = new Key(text, keep);
        CompletableFuture<CompiledModule> ours = new CompletableFuture<>();
        CompletableFuture<CompiledModule> known;
        synchronized (modules) {
            known = modules.putIfAbsent(key, ours);
        }
        if (known != null) {
            return known.join();
        }
        try {
            ours.complete(compiler.compile(symbol(text), named(text), keep));
        } catch (RuntimeException | Error failure) {
            ours.completeExceptionally(failure);
            synchronized (modules) {
                modules.remove(key);
            }
            throw failure;
        }
        return ours.join();
    }

    /** The function of a kernel: named by its text, so that objects of different programs can be linked together. */
    static String symbol(String text) {
        return "weft_%s".formatted(Fingerprint.of(text));
    }

    static String named(String text) {
        return text.replace(Kernel.NAME + "(", "@" + symbol(text) + "(");
    }
}
