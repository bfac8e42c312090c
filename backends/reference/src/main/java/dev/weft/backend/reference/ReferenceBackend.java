package dev.weft.backend.reference;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Memory;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Support;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Compiling means checking, measuring and remembering the program; one thread computes whatever the options say. */
final class ReferenceBackend implements Backend {

    private final Set<ReferenceSession> open = ConcurrentHashMap.newKeySet();
    private final long memoryBytes;
    private volatile boolean closed;

    ReferenceBackend(long memoryBytes) {
        this.memoryBytes = memoryBytes;
    }

    @Override
    public List<String> capabilities() {
        return List.of(
                "device: the Java virtual machine",
                "threads: 1",
                "precision: f64 throughout (exact), or rounded to the element type after each op");
    }

    @Override
    public Support supports(Class<? extends Primitive> op, ElementType element) {
        return Support.YES;
    }

    @Override
    public Session compile(Program program, CompileOptions options) {
        if (closed) {
            throw new IllegalStateException("backend reference: is closed");
        }
        long start = System.nanoTime();
        program.requireInlined();
        Costs costs = Costs.of(program);
        requireMemory(costs.peakBytes());
        double millis = (System.nanoTime() - start) / 1e6;
        ReferenceSession session = new ReferenceSession(program, options, costs.statistics(millis), open::remove);
        open.add(session);
        return session;
    }

    private void requireMemory(long needed) {
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap) {
            throw new MachineException(
                    "backend reference: needs %s of Java heap, which has at most %s; raise -Xmx, or take a smaller batch or model"
                            .formatted(Memory.text(needed), Memory.text(heap)));
        }
        if (memoryBytes != BackendOptions.UNLIMITED) {
            long held = open.stream()
                    .mapToLong(session -> session.statistics().peakBytes())
                    .sum();
            Memory.require(needed, OptionalLong.of(Math.max(0, memoryBytes - held)), "the memory limit leaves");
        }
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(open).forEach(ReferenceSession::close);
    }
}
