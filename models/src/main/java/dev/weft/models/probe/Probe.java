package dev.weft.models.probe;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import dev.weft.models.probe.ProbePoints.Point;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An entry of a model, compiled once more without what it writes and with one output: statistics of the values that patterns of paths
 * name. Has a copy of the model's stored tensors. One thread at a time.
 */
public final class Probe implements AutoCloseable {

    private static final String STATISTICS = "statistics";

    private final Model model;
    private final Session session;
    private final Entry entry;
    private final List<Point> points;

    private Probe(Model model, Session session, Entry entry, List<Point> points) {
        this.model = model;
        this.session = session;
        this.entry = entry;
        this.points = points;
    }

    /**
     * @param patterns of paths: {@code blocks.*.attn} is what such parts compute, {@code blocks.*.attn.qkv.weight} stored tensors
     * @throws dev.weft.graph.UserException if a pattern names nothing; the sentence says what there is
     */
    public static Probe of(Weft weft, Model model, String entryName, List<String> patterns) {
        Program compiled = model.compilation().compiled();
        Entry entry = compiled.entry(entryName);
        List<Point> points = ProbePoints.of(
                model.compilation().lowered(),
                compiled,
                entry,
                patterns.stream().map(ProbePattern::new).toList());
        Graph measuring = measuring(compiled.body(entry), points);
        Entry probe =
                new Entry(entryName, measuring.name(), entry.reads(), entry.inputs(), List.of(STATISTICS), List.of());
        Session session = weft.backend()
                .compile(new Program(compiled.stored(), List.of(measuring), List.of(probe)), CompileOptions.DEFAULT);
        return new Probe(model, session, entry, points);
    }

    private static Graph measuring(Graph graph, List<Point> points) {
        GraphRebuilder rebuilder = new GraphRebuilder(graph).takeAll();
        StatisticsGraph statistics = new StatisticsGraph(rebuilder.builder());
        List<Value> all = points.stream()
                .map(point -> statistics.of(rebuilder.get(point.value())))
                .toList();
        return rebuilder.builder().build(List.of(rebuilder.builder().add(new Concat(all, 0))));
    }

    /** The entry that it runs. */
    public String entry() {
        return entry.name();
    }

    /**
     * Runs the entry on what the model has stored now, and leaves the model as it is.
     *
     * @param inputs row-major tensors by input name, as {@link Model#run} takes them
     * @return in the order of the program
     */
    public List<Measurement> run(Map<String, Tensor> inputs) {
        for (String stored : entry.reads()) {
            session.write(model.read(stored).data(), session.stored(stored));
        }
        Map<String, MemorySegment> segments = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> segments.put(name, tensor.data()));
        Buffer output = session.run(entry.name(), segments).get(STATISTICS);
        float[] numbers = new float[points.size() * StatisticsGraph.NUMBERS];
        session.read(output, MemorySegment.ofArray(numbers));
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            measurements.add(measurement(points.get(i), numbers, i * StatisticsGraph.NUMBERS));
        }
        return measurements;
    }

    private static Measurement measurement(Point point, float[] numbers, int at) {
        double elements = point.value().type().shape().elements();
        double finite = numbers[at];
        boolean any = finite > 0;
        return new Measurement(
                point.path(),
                point.source(),
                point.part(),
                point.value().type(),
                any ? numbers[at + 2] : Double.NaN,
                any ? Math.sqrt(numbers[at + 3]) : Double.NaN,
                any ? numbers[at + 4] : Double.NaN,
                any ? numbers[at + 5] : Double.NaN,
                numbers[at + 1] / elements,
                (elements - finite) / elements);
    }

    @Override
    public void close() {
        session.close();
    }
}
