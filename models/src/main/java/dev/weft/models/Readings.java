package dev.weft.models;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An entry of a model compiled once more, without what it writes, and with one output: numbers that are computed from its values. Has a
 * copy of the model's stored tensors. One thread at a time.
 */
public final class Readings implements AutoCloseable {

    private static final String OUTPUT = "readings";

    private final Model model;
    private final Session session;
    private final Entry entry;
    private final int count;

    private Readings(Model model, Session session, Entry entry, int count) {
        this.model = model;
        this.session = session;
        this.entry = entry;
        this.count = count;
    }

    /**
     * Compiles them.
     *
     * @param made from the entry's graph, rebuilt: f32 values of rank 1, at least one, which become the output one after the other
     */
    public static Readings of(Weft weft, Model model, String entryName, Function<GraphRebuilder, List<Value>> made) {
        Program program = model.compilation().compiled();
        Entry entry = program.entry(entryName);
        GraphRebuilder rebuilder = new GraphRebuilder(program.body(entry)).takeAll();
        Value all = rebuilder.builder().add(new Concat(made.apply(rebuilder), 0));
        Graph graph = rebuilder.builder().build(List.of(all));
        Entry reading = new Entry(entryName, graph.name(), entry.reads(), entry.inputs(), List.of(OUTPUT), List.of());
        Session session = weft.backend()
                .compile(new Program(program.stored(), List.of(graph), List.of(reading)), CompileOptions.DEFAULT);
        Readings readings = new Readings(
                model, session, entry, Math.toIntExact(all.type().shape().elements()));
        readings.copyStored();
        return readings;
    }

    /** Takes over what the model has stored now. */
    public void copyStored() {
        for (String stored : entry.reads()) {
            session.write(model.read(stored).data(), session.stored(stored));
        }
    }

    /** @param inputs row-major tensors by input name, as {@link Model#run} takes them */
    public float[] run(Map<String, Tensor> inputs) {
        Map<String, MemorySegment> segments = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> segments.put(name, tensor.data()));
        Buffer output = session.run(entry.name(), segments).get(OUTPUT);
        float[] numbers = new float[count];
        session.read(output, MemorySegment.ofArray(numbers));
        return numbers;
    }

    @Override
    public void close() {
        session.close();
    }
}
