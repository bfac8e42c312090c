package dev.weft.backend.spi;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be seen of a program from outside: stored tensors, and what each entry takes and gives. All that is left of the graph
 * once it has been compiled and its machine code is kept.
 */
public record Signature(List<Stored> stored, List<EntrySignature> entries) {

    public Signature {
        stored = List.copyOf(stored);
        entries = List.copyOf(entries);
    }

    /**
     * Of an entry.
     *
     * @param parameters types of the stored tensors that it reads, then of its inputs
     * @param results types of its outputs, then of the stored tensors that it writes
     */
    public record EntrySignature(Entry entry, List<TensorType> parameters, List<TensorType> results) {

        public EntrySignature {
            parameters = List.copyOf(parameters);
            results = List.copyOf(results);
        }
    }

    public static Signature of(Program program) {
        return new Signature(
                List.copyOf(program.stored()),
                program.entries().stream()
                        .map(entry -> new EntrySignature(
                                entry,
                                types(program.body(entry).parameters()),
                                program.body(entry).resultTypes()))
                        .toList());
    }

    private static List<TensorType> types(List<Value> values) {
        return values.stream().map(Value::type).toList();
    }

    /** A program with this signature. Its functions give zeros: it is for those who ask for names and types, not for running. */
    public Program program() {
        // Two entries may share a function.
        Map<String, Graph> functions = new LinkedHashMap<>();
        List<Entry> same = new ArrayList<>();
        for (EntrySignature each : entries) {
            GraphBuilder builder = new GraphBuilder(each.entry().function());
            List<String> names = new ArrayList<>(each.entry().reads());
            names.addAll(each.entry().inputs());
            for (int i = 0; i < names.size(); i++) {
                builder.parameter(names.get(i), each.parameters().get(i));
            }
            // Many results are of few types, and the same object where they were read from bytes.
            Map<TensorType, Value> zeros = new IdentityHashMap<>();
            List<Value> results = new ArrayList<>();
            for (TensorType type : each.results()) {
                results.add(zeros.computeIfAbsent(type, zero -> builder.full(zero, 0)));
            }
            functions.putIfAbsent(each.entry().function(), builder.build(results));
            same.add(each.entry());
        }
        return new Program(stored, functions.values(), same);
    }
}
