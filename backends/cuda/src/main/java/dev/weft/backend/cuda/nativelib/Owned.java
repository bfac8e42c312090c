package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.DefectException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a device gave out and was not given back. */
final class Owned implements AutoCloseable {

    /** Kinds of things, in the order in which closing ends them: what uses before what is used. */
    enum Kind {
        GRAPH("a graph", DriverFunction.GRAPH_EXEC_DESTROY),
        EVENT("an event", DriverFunction.EVENT_DESTROY),
        STREAM("a stream", DriverFunction.STREAM_DESTROY),
        MODULE("kernels", DriverFunction.MODULE_UNLOAD),
        MEMORY("memory", DriverFunction.MEMORY_FREE),
        PINNED("pinned memory", DriverFunction.HOST_FREE);

        private final String description;
        private final DriverFunction end;

        Kind(String description, DriverFunction end) {
            this.description = description;
            this.end = end;
        }
    }

    private record Thing(Kind kind, long handle) {}

    private final DriverCalls calls;
    private final Set<Thing> things = new LinkedHashSet<>();

    Owned(DriverCalls calls) {
        this.calls = calls;
    }

    long add(Kind kind, long handle) {
        things.add(new Thing(kind, handle));
        return handle;
    }

    void end(Kind kind, long handle) {
        if (!things.remove(new Thing(kind, handle))) {
            throw new DefectException(
                    "cuda device: " + kind.description + " can be freed once, and this was freed before");
        }
        calls.check(kind.end, "freeing " + kind.description, handle);
    }

    /** Ends everything; a device that has failed says so no second time. */
    @Override
    public void close() {
        List<Thing> rest = new ArrayList<>(things);
        things.clear();
        for (Kind kind : Kind.values()) {
            rest.stream()
                    .filter(thing -> thing.kind() == kind)
                    .forEach(thing -> calls.status(kind.end, thing.handle()));
        }
    }
}
