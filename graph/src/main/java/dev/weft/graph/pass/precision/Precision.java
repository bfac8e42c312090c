package dev.weft.graph.pass.precision;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sets what matrix products read. In bf16 every product of f32 values reads their casts and sums in f32; all else stays f32. A param
 * that products read gets a {@linkplain Stored.Role#SHADOW shadow}, which entries read instead and which each entry that writes the
 * param writes too. {@link #REFRESH} is one more entry, for whoever writes params from outside. The program must be flat.
 */
public final class Precision implements Pass {

    /** The entry that writes all shadows anew from their params; there if there are shadows. No name of the language contains a dot. */
    public static final String REFRESH = "precision.refresh";

    /**
     * Rows up to which a product reads its matrix once, without packing it: a matrix is not cast for so few alone. Backends with kernels
     * for such products have them for as many.
     */
    public static final long FEW_ROWS = 4;

    private final ElementType products;

    /**
     * A pass for a precision.
     *
     * @throws UserException if it is neither f32 nor bf16
     */
    public Precision(ElementType products) {
        if (products != ElementType.F32 && products != ElementType.BF16) {
            throw new UserException("precision: must be f32 or bf16, got " + products
                    + (products == ElementType.F16 ? ", whose gradients underflow; bf16 has the range of f32" : ""));
        }
        this.products = products;
    }

    @Override
    public String name() {
        return "precision";
    }

    @Override
    public String summary() {
        return products == ElementType.F32
                ? "computes in f32, as the program says"
                : "products read " + products + " and sum in f32";
    }

    @Override
    public Program apply(Program program) {
        if (products == ElementType.F32) {
            return program;
        }
        Map<String, Stored> shadows = shadows(program);
        List<Stored> stored = new ArrayList<>(program.stored());
        stored.addAll(shadows.values());
        Map<String, Graph> functions = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : program.entries()) {
            String name =
                    functions.containsKey(entry.function()) ? entry.function() + "." + entry.name() : entry.function();
            add(narrowed(program, entry, name, shadows), functions, entries);
        }
        if (!shadows.isEmpty()) {
            add(refresh(shadows, program), functions, entries);
        }
        return new Program(stored, functions.values(), entries);
    }

    private record Made(Graph graph, Entry entry) {}

    private static void add(Made made, Map<String, Graph> functions, List<Entry> entries) {
        functions.put(made.graph().name(), made.graph());
        entries.add(made.entry());
    }

    /** For each param that a product of any entry reads, its shadow. */
    private Map<String, Stored> shadows(Program program) {
        Set<String> read = new LinkedHashSet<>();
        for (Entry entry : program.entries()) {
            Graph graph = program.body(entry);
            Narrowing narrowing = narrowing(program, entry);
            for (int i = 0; i < entry.reads().size(); i++) {
                if (narrowing.isCast(graph.parameters().get(i))) {
                    read.add(entry.reads().get(i));
                }
            }
        }
        Map<String, Stored> shadows = new LinkedHashMap<>();
        for (Stored param : program.stored()) {
            if (param.role() == Stored.Role.PARAM && read.contains(param.name())) {
                shadows.put(param.name(), param.shadow(products));
            }
        }
        return shadows;
    }

    private Narrowing narrowing(Program program, Entry entry) {
        Graph graph = program.body(entry);
        Set<Value> params = new HashSet<>();
        for (int i = 0; i < entry.reads().size(); i++) {
            if (program.stored(entry.reads().get(i)).role() == Stored.Role.PARAM) {
                params.add(graph.parameters().get(i));
            }
        }
        return new Narrowing(graph, products, params);
    }

    private Made narrowed(Program program, Entry entry, String name, Map<String, Stored> shadows) {
        Graph graph = program.body(entry);
        Narrowing narrowing = narrowing(program, entry);
        GraphRebuilder rebuilder = new GraphRebuilder(graph, new GraphBuilder(name));
        List<String> reads = parameters(graph, entry, narrowing, rebuilder, shadows);
        narrowing.run(rebuilder);
        List<Value> results = new ArrayList<>(rebuilder.get(graph.results()));
        List<String> writes = new ArrayList<>(entry.writes());
        for (int i = 0; i < entry.writes().size(); i++) {
            Stored shadow = shadows.get(entry.writes().get(i));
            if (shadow != null) {
                Value written = graph.results().get(entry.outputs().size() + i);
                rebuilder.at(written);
                results.add(narrowing.cast(written, rebuilder));
                writes.add(shadow.name());
            }
        }
        Graph made = rebuilder.builder().build(results);
        return new Made(made, new Entry(entry.name(), name, reads, entry.inputs(), entry.outputs(), writes));
    }

    /** Gives the new graph its parameters, shadows behind the other stored tensors; returns the names of what is stored. */
    private static List<String> parameters(
            Graph graph, Entry entry, Narrowing narrowing, GraphRebuilder to, Map<String, Stored> shadows) {
        int stored = entry.reads().size();
        List<String> reads = new ArrayList<>();
        Map<Value, Stored> shadowed = new LinkedHashMap<>();
        for (int i = 0; i < stored; i++) {
            Value parameter = graph.parameters().get(i);
            reads.add(entry.reads().get(i));
            parameter(parameter, to);
            Stored shadow = shadows.get(entry.reads().get(i));
            if (shadow != null && narrowing.isCast(parameter)) {
                shadowed.put(parameter, shadow);
            }
        }
        shadowed.forEach((parameter, shadow) -> {
            to.at(parameter);
            reads.add(shadow.name());
            narrowing.replace(parameter, to.builder().parameter(shadow.name(), shadow.type()));
        });
        graph.parameters().subList(stored, graph.parameters().size()).forEach(input -> parameter(input, to));
        return reads;
    }

    private static void parameter(Value parameter, GraphRebuilder to) {
        to.at(parameter);
        to.replace(parameter, to.builder().parameter(Graph.parameterName(parameter), parameter.type()));
    }

    private static Made refresh(Map<String, Stored> shadows, Program program) {
        GraphBuilder builder = new GraphBuilder(REFRESH);
        List<Value> results = new ArrayList<>();
        shadows.forEach((name, shadow) -> results.add(builder.add(new Cast(
                builder.parameter(name, program.stored(name).type()),
                shadow.type().element()))));
        List<String> writes = shadows.values().stream().map(Stored::name).toList();
        Entry entry = new Entry(REFRESH, REFRESH, List.copyOf(shadows.keySet()), List.of(), List.of(), writes);
        return new Made(builder.build(results), entry);
    }
}
