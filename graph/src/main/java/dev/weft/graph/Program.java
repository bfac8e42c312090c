package dev.weft.graph;

import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Named functions, the entries among them, and the tensors stored between runs. Immutable. */
public final class Program {

    private final Map<String, Stored> stored;
    private final Map<String, Graph> functions;
    private final Map<String, Entry> entries;

    public Program(Collection<Stored> stored, Collection<Graph> functions, Collection<Entry> entries) {
        this.stored = index("stored tensor", stored, Stored::name);
        this.functions = index("function", functions, Graph::name);
        this.entries = index("entry", entries, Entry::name);
        entries.forEach(this::check);
    }

    private static <T> Map<String, T> index(String what, Collection<T> parts, Function<T, String> name) {
        Map<String, T> index = new LinkedHashMap<>();
        for (T part : parts) {
            if (index.putIfAbsent(name.apply(part), part) != null) {
                throw new UserException("program: %s %s must be defined once".formatted(what, name.apply(part)));
            }
        }
        return Collections.unmodifiableMap(index);
    }

    private void check(Entry entry) {
        Graph function = function(entry.function());
        List<String> parameters = new ArrayList<>(entry.reads());
        parameters.addAll(entry.inputs());
        List<String> results = new ArrayList<>(entry.outputs());
        results.addAll(entry.writes());
        if (parameters.size() != function.parameters().size()
                || results.size() != function.results().size()) {
            throw new UserException("entry %s: function %s must take %d parameters and give %d results, got %d and %d"
                    .formatted(
                            entry.name(),
                            function.name(),
                            parameters.size(),
                            results.size(),
                            function.parameters().size(),
                            function.results().size()));
        }
        for (int i = 0; i < entry.reads().size(); i++) {
            checkType(entry, entry.reads().get(i), function.parameters().get(i));
        }
        for (int i = 0; i < entry.writes().size(); i++) {
            checkType(
                    entry,
                    entry.writes().get(i),
                    function.results().get(entry.outputs().size() + i));
        }
        requireDistinct(entry, "inputs", entry.inputs());
        requireDistinct(entry, "outputs", entry.outputs());
        requireDistinct(entry, "writes", entry.writes());
    }

    private void checkType(Entry entry, String name, Value value) {
        TensorType type = stored(name).type();
        if (!type.equals(value.type())) {
            throw new UserException(
                    "entry %s: stored tensor %s must be %s, got %s".formatted(entry.name(), name, type, value.type()));
        }
    }

    private static void requireDistinct(Entry entry, String what, List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new UserException(
                        "entry %s: %s must be distinct, got %s twice".formatted(entry.name(), what, name));
            }
        }
    }

    public Collection<Stored> stored() {
        return stored.values();
    }

    public Stored stored(String name) {
        return find("stored tensor", stored, name);
    }

    public Collection<Graph> functions() {
        return functions.values();
    }

    public Graph function(String name) {
        return find("function", functions, name);
    }

    public Collection<Entry> entries() {
        return entries.values();
    }

    public Entry entry(String name) {
        return find("entry", entries, name);
    }

    /** The graph behind an entry. */
    public Graph body(Entry entry) {
        return function(entry.function());
    }

    private static <T> T find(String what, Map<String, T> among, String name) {
        T found = among.get(name);
        if (found == null) {
            throw new UserException("program: has no %s %s; it has %s".formatted(what, name, among.keySet()));
        }
        return found;
    }

    /**
     * Checks that nothing is left to do before the program is compiled.
     *
     * @throws UserException if an entry still has a call or a gradient
     */
    public void requireInlined() {
        for (Entry entry : entries()) {
            for (Value value : body(entry).values()) {
                if (value.op() instanceof Call || value.op() instanceof Grad) {
                    throw new UserException(
                            "entry %s: must be without call and grad when it is compiled, got %s; inline it first"
                                    .formatted(entry.name(), value.op().mnemonic()));
                }
            }
        }
    }

    /** This program with every function replaced by another of the same name. */
    public Program mapFunctions(UnaryOperator<Graph> pass) {
        return withFunctions(functions.values().stream().map(pass).toList());
    }

    public Program withFunctions(Collection<Graph> replaced) {
        return new Program(stored.values(), replaced, entries.values());
    }
}
