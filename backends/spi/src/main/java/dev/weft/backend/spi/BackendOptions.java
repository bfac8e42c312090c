package dev.weft.backend.spi;

/**
 * What a backend is opened with.
 *
 * @param threads threads that compute, at least 1
 * @param memoryBytes the most that all sessions of the backend together may hold in tensors; {@link #UNLIMITED} for what the machine has
 * @param budgetBytes what each session is made to fit by computing values again instead of keeping them; {@link #UNLIMITED} for
 *     nothing of the kind. A backend that cannot do that refuses any other number
 * @param keepsCode whether machine code may be kept in the cache folder, and taken from there
 * @param tf32 whether terms of products in f32 are rounded to TF32, which has ten bits of fraction; asked only of a backend that {@linkplain
 *     Backend#hasTf32 has} it
 */
public record BackendOptions(int threads, long memoryBytes, long budgetBytes, boolean keepsCode, boolean tf32) {

    /** As much memory as there is. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    public BackendOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: must be at least 1, got " + threads);
        }
        if (memoryBytes < 1) {
            throw new IllegalArgumentException("memory: must be at least 1 byte, got " + memoryBytes);
        }
        if (budgetBytes < 1) {
            throw new IllegalArgumentException("memory budget: must be at least 1 byte, got " + budgetBytes);
        }
    }

    /** Terms of products in f32 are not rounded. */
    public BackendOptions(int threads, long memoryBytes, long budgetBytes, boolean keepsCode) {
        this(threads, memoryBytes, budgetBytes, keepsCode, false);
    }

    /** As much memory as there is; machine code is kept. */
    public BackendOptions(int threads) {
        this(threads, UNLIMITED, UNLIMITED, true);
    }

    /** One thread for each processor that the JVM sees, and as much memory as there is. */
    public static BackendOptions defaults() {
        return new BackendOptions(Runtime.getRuntime().availableProcessors());
    }
}
