package dev.weft.models.probe;

import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.models.Model;
import dev.weft.models.Readings;
import dev.weft.models.Weft;
import dev.weft.models.probe.ProbePoints.Point;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An entry of a model, compiled once more without what it writes and with one output: statistics of the values that patterns of paths
 * name. Has a copy of the model's stored tensors. One thread at a time.
 */
public final class Probe implements AutoCloseable {

    private final Readings readings;
    private final Entry entry;
    private final List<Point> points;

    private Probe(Readings readings, Entry entry, List<Point> points) {
        this.readings = readings;
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
        Readings readings = Readings.of(weft, model, entryName, rebuilder -> {
            StatisticsGraph statistics = new StatisticsGraph(rebuilder.builder());
            return points.stream()
                    .map(point -> statistics.of(rebuilder.get(point.value())))
                    .toList();
        });
        return new Probe(readings, entry, points);
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
        readings.copyStored();
        float[] numbers = readings.run(inputs);
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
        readings.close();
    }
}
