package dev.weft.backend.cpu.nativelib;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that is done once, on a thread of its own, from when it is first expected or asked for. Safe for many threads. */
public final class Begun<T> implements Supplier<T> {
    private final Supplier<T> work;
    private @Nullable Supplier<T> result;

    public Begun(Supplier<T> work) {
        this.work = work;
    }

    /** Begins, unless it has begun. */
    public synchronized Supplier<T> begin() {
        if (result == null) {
            result = DeepThreads.begin(work);
        }
        return result;
    }

    public synchronized boolean hasBegun() {
        return result != null;
    }

    /** What the work gives; what it throws is thrown here. */
    @Override
    public T get() {
        return begin().get();
    }
}
