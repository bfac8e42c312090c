package dev.weft.backend.spi;

/**
 * What a backend is opened with.
 *
 * @param threads threads that compute, at least 1
 */
public record BackendOptions(int threads) {

    public BackendOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: must be at least 1, got " + threads);
        }
    }

    /** One thread for each processor that the JVM sees. */
    public static BackendOptions defaults() {
        return new BackendOptions(Runtime.getRuntime().availableProcessors());
    }
}
