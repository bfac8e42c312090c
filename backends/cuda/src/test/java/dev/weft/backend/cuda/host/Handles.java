package dev.weft.backend.cuda.host;

import dev.weft.graph.DefectException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Things of one kind behind numbers. Kinds share a counter, so that a number of another kind is not taken for one of this. */
final class Handles<T> {
    private final String kind;
    private final AtomicLong counter;
    private final Map<Long, T> things = new HashMap<>();

    Handles(String kind, AtomicLong counter) {
        this.kind = kind;
        this.counter = counter;
    }

    long add(T thing) {
        long handle = counter.incrementAndGet();
        things.put(handle, thing);
        return handle;
    }

    T get(long handle) {
        return known(handle, things.get(handle));
    }

    T remove(long handle) {
        return known(handle, things.remove(handle));
    }

    private T known(long handle, @Nullable T thing) {
        if (thing == null) {
            throw new DefectException(
                    "%s: there is none with handle %d; it was never made, or has ended".formatted(kind, handle));
        }
        return thing;
    }
}
