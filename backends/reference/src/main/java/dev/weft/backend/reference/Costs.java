package dev.weft.backend.reference;

import dev.weft.backend.spi.Statistics;
import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Reduction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What interpreting a program costs: every element is a double, every value is made once and dropped after its last use. */
record Costs(long peakBytes, int regions, Map<String, EntryStatistics> entries) {

    static Costs of(Program program) {
        long stored = program.stored().stream()
                .mapToLong(tensor -> doubles(tensor.type().shape().elements()))
                .sum();
        long transients = 0;
        int regions = 0;
        Map<String, EntryStatistics> entries = new HashMap<>();
        for (Entry entry : program.entries()) {
            Graph body = program.body(entry);
            EntryStatistics statistics = statistics(body);
            entries.put(entry.name(), statistics);
            transients = Math.max(transients, transients(body));
            regions += statistics.regions();
        }
        return new Costs(stored + transients, regions, entries);
    }

    Statistics statistics(double compileMillis) {
        return new Statistics(0, regions, peakBytes, compileMillis, entries);
    }

    private static long doubles(long elements) {
        return Math.multiplyExact(elements, Double.BYTES);
    }

    private static EntryStatistics statistics(Graph graph) {
        int regions = 0;
        long flops = 0;
        long bytes = 0;
        for (Value value : graph.values()) {
            if (!(value.op() instanceof Parameter || value.op() instanceof Constant)) {
                regions++;
                flops += flops(value);
                bytes += value.type().bytes();
                bytes += value.operands().stream()
                        .mapToLong(operand -> operand.type().bytes())
                        .sum();
            }
        }
        return new EntryStatistics(regions, flops, bytes);
    }

    private static long flops(Value value) {
        Op op = value.op();
        if (op instanceof DotGeneral dot) {
            return dot.flops();
        }
        if (op instanceof Reduction) {
            return value.operands().getFirst().type().shape().elements();
        }
        return op instanceof Elementwise ? value.type().shape().elements() : 0;
    }

    /** Most bytes of values alive at once, parameters included only where they are no stored tensor: all are counted. */
    private static long transients(Graph graph) {
        Map<Value, Integer> lastUse = new IdentityHashMap<>();
        List<Value> values = graph.values();
        for (int i = 0; i < values.size(); i++) {
            int at = i;
            lastUse.put(values.get(i), i);
            values.get(i).operands().forEach(operand -> lastUse.put(operand, at));
        }
        graph.results().forEach(result -> lastUse.put(result, values.size()));
        List<List<Value>> dying = new ArrayList<>();
        values.forEach(value -> dying.add(new ArrayList<>()));
        lastUse.forEach((value, at) -> {
            if (at < values.size()) {
                dying.get(at).add(value);
            }
        });
        long alive = 0;
        long most = 0;
        for (int i = 0; i < values.size(); i++) {
            alive += doubles(values.get(i).type().shape().elements());
            most = Math.max(most, alive);
            for (Value value : dying.get(i)) {
                alive -= doubles(value.type().shape().elements());
            }
        }
        return most;
    }
}
