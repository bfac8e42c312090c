package dev.weft.models;

import dev.weft.backend.spi.BackendOptions;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What computes, and how much of the machine it takes.
 *
 * @param backend a backend's name; null for the best one of this machine
 * @param threads threads that compute, at least 1
 * @param memoryBytes the most that all models made from this may hold in tensors; {@link BackendOptions#UNLIMITED} for what the
 *     machine has
 * @param budgetBytes what each model made from this is made to fit by computing values again instead of keeping them;
 *     {@link BackendOptions#UNLIMITED} for nothing of the kind
 * @param plugins jars with backends, or folders of jars that belong together, beside those of the class path
 * @param precision what matrix products read: f32 or bf16; parameters and sums are f32 always
 * @param keepsCode whether what is compiled is kept in the cache folder, and what was compiled before taken from there
 * @param tf32 whether products in f32 round their terms to TF32; refused with another precision, and by backends that have none
 * @param integers whether products of weights that are held in int8 round what they multiply these with to 8 bits too; with bf16 for
 *     all other products. Without such weights it changes nothing
 */
public record WeftOptions(
        @Nullable String backend,
        int threads,
        long memoryBytes,
        long budgetBytes,
        List<Path> plugins,
        ElementType precision,
        boolean keepsCode,
        boolean tf32,
        boolean integers) {

    /** So many may be asked for on any machine: results can be compared across numbers of threads. */
    private static final int FEW_THREADS = 64;

    public WeftOptions {
        plugins = List.copyOf(plugins);
        wrongThreads(threads).ifPresent(wrong -> {
            throw new UserException("threads: " + wrong);
        });
        if (memoryBytes < 1) {
            throw new RangeException("memory: must be at least 1 byte, got " + memoryBytes);
        }
        if (budgetBytes < 1) {
            throw new RangeException("memory budget: must be at least 1 byte, got " + budgetBytes);
        }
        if (tf32 && precision != ElementType.F32) {
            throw new UserException("precision: products in " + precision + " have no terms in f32 to round to TF32");
        }
        if (integers && precision != ElementType.BF16) {
            throw new UserException("precision: beside products of integers all others are in bf16, got " + precision);
        }
    }

    /**
     * What is wrong with a number of threads: it must be at least 1, and at most four for each processor that the JVM sees, or
     * 64 if that is more. More would only wait for each other, or not start.
     */
    public static Optional<String> wrongThreads(int threads) {
        int processors = Runtime.getRuntime().availableProcessors();
        int most = Math.max(FEW_THREADS, 4 * processors);
        if (threads < 1) {
            return Optional.of("must be at least 1, got " + threads);
        }
        return threads <= most
                ? Optional.empty()
                : Optional.of("must be at most %d on a machine of %d processors, got %d"
                        .formatted(most, processors, threads));
    }

    /** The best backend of this machine, on all processors that the JVM sees, with as much memory as there is. */
    public static WeftOptions defaults() {
        BackendOptions defaults = BackendOptions.defaults();
        return new WeftOptions(
                null,
                defaults.threads(),
                defaults.memoryBytes(),
                defaults.budgetBytes(),
                List.of(),
                ElementType.F32,
                true,
                false,
                false);
    }

    /** These, with the backend of this name. */
    public WeftOptions backend(String name) {
        return new WeftOptions(name, threads, memoryBytes, budgetBytes, plugins, precision, keepsCode, tf32, integers);
    }

    /** These, with another number of threads. */
    public WeftOptions threads(int count) {
        return new WeftOptions(backend, count, memoryBytes, budgetBytes, plugins, precision, keepsCode, tf32, integers);
    }

    /** These, with a limit of memory in bytes. */
    public WeftOptions memory(long bytes) {
        return new WeftOptions(backend, threads, bytes, budgetBytes, plugins, precision, keepsCode, tf32, integers);
    }

    /** These, with a budget of memory in bytes. */
    public WeftOptions memoryBudget(long bytes) {
        return new WeftOptions(backend, threads, memoryBytes, bytes, plugins, precision, keepsCode, tf32, integers);
    }

    /** These, with other plugins. */
    public WeftOptions plugins(Path... jarsAndFolders) {
        return new WeftOptions(
                backend,
                threads,
                memoryBytes,
                budgetBytes,
                List.of(jarsAndFolders),
                precision,
                keepsCode,
                tf32,
                integers);
    }

    /** These, with another precision. */
    public WeftOptions precision(ElementType products) {
        return new WeftOptions(backend, threads, memoryBytes, budgetBytes, plugins, products, keepsCode, false, false);
    }

    /** These, with products in f32 that round their terms to TF32. */
    public WeftOptions withTf32() {
        return new WeftOptions(
                backend, threads, memoryBytes, budgetBytes, plugins, ElementType.F32, keepsCode, true, false);
    }

    /** These, with products of weights in int8 that are of integers, and all others in bf16. */
    public WeftOptions withIntegers() {
        return new WeftOptions(
                backend, threads, memoryBytes, budgetBytes, plugins, ElementType.BF16, keepsCode, false, true);
    }

    /** These, compiling whatever was compiled before, and keeping nothing of it. */
    public WeftOptions withoutCache() {
        return new WeftOptions(backend, threads, memoryBytes, budgetBytes, plugins, precision, false, tf32, integers);
    }
}
