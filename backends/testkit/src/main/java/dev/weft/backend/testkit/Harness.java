package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A session whose inputs and outputs are tensors, in memory with guard zones around it that are checked after each run. */
final class Harness implements AutoCloseable {

    private final Program program;
    private final Session session;

    Harness(Backend backend, Program program) {
        this.program = program;
        this.session = backend.compile(program, CompileOptions.DEFAULT);
    }

    Session session() {
        return session;
    }

    /** Runs an entry on inputs in its order; the outputs in its order. */
    List<Tensor> run(String entryName, List<Tensor> inputs) {
        Entry entry = program.entry(entryName);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Guarded> guarded = new LinkedHashMap<>();
            Map<String, MemorySegment> segments = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                Guarded input = Guarded.of(arena, inputs.get(i));
                guarded.put(entry.inputs().get(i), input);
                segments.put(entry.inputs().get(i), input.data());
            }
            Map<String, Buffer> outputs = session.run(entryName, segments);
            List<Tensor> results = new ArrayList<>();
            for (String name : entry.outputs()) {
                results.add(read(outputs.get(name), arena, entryName + ": output " + name));
            }
            for (int i = 0; i < inputs.size(); i++) {
                String name = entry.inputs().get(i);
                guarded.get(name).check("%s: input %s".formatted(entryName, name));
                requireSame(
                        "%s: input %s was changed".formatted(entryName, name),
                        TensorBytes.of(inputs.get(i)),
                        guarded.get(name).data());
            }
            return results;
        }
    }

    private Tensor read(Buffer buffer, Arena arena, String what) {
        Guarded to = Guarded.empty(arena, buffer.type());
        session.read(buffer, to.data());
        to.check(what);
        return TensorBytes.read(buffer.type(), to.data());
    }

    /** The contents of a stored tensor. */
    Tensor stored(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return read(session.stored(name), arena, "stored tensor " + name);
        }
    }

    void store(String name, Tensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            session.write(Guarded.of(arena, tensor).data(), session.stored(name));
        }
    }

    /** Writes {@code count} elements of a tensor from {@code first} on, where they are in the stored one. */
    void store(String name, Tensor tensor, int first, int count) {
        long size = tensor.type().element().bytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = Guarded.of(arena, tensor).data().asSlice(first * size, count * size);
            session.write(part, session.stored(name), first);
        }
    }

    private static void requireSame(String sentence, MemorySegment wanted, MemorySegment got) {
        if (wanted.mismatch(got) >= 0) {
            throw new AssertionError(sentence);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
