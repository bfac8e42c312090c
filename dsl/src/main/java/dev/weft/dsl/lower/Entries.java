package dev.weft.dsl.lower;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One function of the program text as an entry: its tensors are inputs, the storage that it needs is read, what it writes is written. */
final class Entries {

    private static final String RESULT = "result";

    private final Session session;
    private final Val.Method method;
    private final EntryRequest request;
    private final Span span;

    Entries(Session session, Val.Method method, EntryRequest request) {
        this.session = session;
        this.method = method;
        this.request = request;
        this.span = method.function().span();
    }

    /** Names of the call sizes in its parameters, those of bundles included. */
    SequencedSet<String> sizes() {
        SequencedSet<String> names = new LinkedHashSet<>();
        for (Parameter parameter : method.function().parameters()) {
            if (parameter.type() instanceof TypeExpr.Arguments(Span _, Expr function)
                    && Evaluator.constants(session, scope(method)).eval(function) instanceof Val.Callable callable) {
                Val.Method of = Functions.innermost(callable);
                of.function().parameters().forEach(inner -> CallSizes.of(inner.type(), scope(of), names));
            } else {
                CallSizes.of(parameter.type(), scope(method), names);
            }
        }
        return names;
    }

    /** What a run of the body found out. */
    private record Traced(Trace trace, List<String> inputs, Val value) {}

    Entry lower() {
        requireKnownNames();
        // The first run finds what is read, so that in the second the parameters stand in the order of the entry.
        Traced first = trace("", List.of(), Set.of());
        List<Leaf> reads = new ArrayList<>();
        Set<String> ambient = new TreeSet<>();
        for (Compiled.Need need : first.trace().needs()) {
            switch (need) {
                case Compiled.Need.Stored(Leaf leaf, TensorType _) -> reads.add(leaf);
                case Compiled.Need.Ambient(String name) -> ambient.add(name);
            }
        }
        List<Leaf> order = List.copyOf(session.leaves().values());
        reads.sort((a, b) -> Integer.compare(session.number(a), session.number(b)));
        Traced traced = trace(session.functionName(request.alias()), reads, ambient);
        List<Value> results = new ArrayList<>();
        Results.tensors(traced.value(), results);
        List<String> outputs = new ArrayList<>();
        name(RESULT, traced.value(), outputs);
        List<Leaf> writes = order.stream()
                .filter(leaf -> traced.trace().written().containsKey(leaf))
                .toList();
        writes.forEach(leaf -> results.add(traced.trace().written().get(leaf)));
        Graph graph = traced.trace().builder().build(results);
        session.add(graph);
        return new Entry(request.alias(), graph.name(), names(reads), traced.inputs(), outputs, names(writes));
    }

    private static List<String> names(List<Leaf> leaves) {
        return leaves.stream().map(Leaf::name).toList();
    }

    private static void name(String name, Val value, List<String> into) {
        switch (value) {
            case Val.Tensor _ -> into.add(name);
            case Val.Tuple(List<Val> items) -> {
                for (int i = 0; i < items.size(); i++) {
                    name(name + "." + i, items.get(i), into);
                }
            }
            case Val.Tree(Map<String, Val> leaves) ->
                leaves.forEach((path, leaf) -> name(name + "." + path, leaf, into));
            default -> {}
        }
    }

    private Traced trace(String name, List<Leaf> reads, Set<String> ambient) {
        Trace trace = new Trace(name, "");
        trace.at(span);
        reads.forEach(leaf -> trace.read(leaf, session.stored(leaf)));
        List<String> inputs = new ArrayList<>();
        Scope scope = scope(method);
        Evaluator evaluator = new Evaluator(session, scope, trace);
        for (Parameter parameter : method.function().parameters()) {
            if (parameter.type() instanceof TypeExpr.Arguments(Span at, Expr function)) {
                scope.bind(parameter.name(), bundle(evaluator.eval(function), at, trace, inputs));
            } else {
                Val value = input(parameter, evaluator, trace, inputs);
                scope.bind(parameter.name(), value == null ? otherwise(parameter, evaluator) : value);
            }
        }
        Functions.constraints(method, evaluator, span);
        for (String missing : ambient) {
            trace.ambient(missing);
            inputs.add(missing);
        }
        Val value = evaluator.contents(new Functions(evaluator, span).body(method, scope, trace), span);
        return new Traced(trace, inputs, known(value, evaluator));
    }

    /** Constants that an entry returns become tensors. */
    private Val known(Val value, Evaluator evaluator) {
        return switch (value) {
            case Val.Known known -> {
                ElementType element =
                        switch (known) {
                            case Val.Int _ -> ElementType.I32;
                            case Val.Real _ -> ElementType.F32;
                            case Val.Bool _ -> ElementType.BOOL;
                        };
                yield new Val.Tensor(Emit.scalar(evaluator.trace(span), known, element, span));
            }
            case Val.Tuple(List<Val> items) ->
                new Val.Tuple(items.stream().map(item -> known(item, evaluator)).toList());
            default -> value;
        };
    }

    /** A scope in which the requested sizes are known, but for names that are constants there. */
    private Scope scope(Val.Method of) {
        Scope scope = Scope.of(of.unit(), of.self());
        request.sizes().forEach((name, size) -> {
            if (!(scope.find(name).orElse(null) instanceof Val.Known)) {
                scope.sizes().put(name, new Dim(notNegative(name, size), name));
            }
        });
        return scope;
    }

    private long notNegative(String name, long size) {
        if (size < 0) {
            throw new RangeException("entry %s: size %s must not be negative, got %d; choose another, as --dim %s=…"
                    .formatted(request.alias(), name, size, name));
        }
        return size;
    }

    /** The parameters of another function as inputs; those that take their defaults are left to its calls. */
    private Val bundle(Val function, Span at, Trace trace, List<String> inputs) {
        if (!(function instanceof Val.Callable callable)) {
            throw Refusal.at(at, "arguments: must have a function, got %s", function.describe());
        }
        Val.Method of = Functions.innermost(callable);
        Evaluator evaluator = new Evaluator(session, scope(of), trace);
        Map<String, Val> items = new LinkedHashMap<>();
        for (Parameter parameter : of.function().parameters()) {
            Val value = input(parameter, evaluator, trace, inputs);
            if (value != null) {
                items.put(parameter.name(), value);
            }
            evaluator.scope().bind(parameter.name(), value == null ? otherwise(parameter, evaluator) : value);
        }
        Functions.constraints(of, evaluator, at);
        return new Val.Bundle(items);
    }

    /** An input or a constant of the request; null where the parameter takes its default. */
    private @Nullable Val input(Parameter parameter, Evaluator evaluator, Trace trace, List<String> inputs) {
        String constant = request.constants().get(parameter.name());
        if (constant != null) {
            return evaluator
                    .typing()
                    .coerce(parameter.type(), Settings.parse(parameter.name(), constant), parameter.name(), span);
        }
        boolean asked = request.inputs().contains(parameter.name());
        if (parameter.type() instanceof TypeExpr.Tensor type && (parameter.defaultValue() == null || asked)) {
            TensorType known = evaluator.type(type, "entry " + request.alias() + ": " + parameter.name());
            Value value = trace.builder().parameter(parameter.name(), known);
            boolean isAmbient =
                    parameter.name().equals(Trace.SEED) || parameter.name().equals(Trace.STEP);
            if (isAmbient && known.equals(TensorType.scalar(ElementType.I32))) {
                trace.ambient(parameter.name(), value);
            }
            inputs.add(parameter.name());
            return new Val.Tensor(value);
        }
        return null;
    }

    private Val otherwise(Parameter parameter, Evaluator evaluator) {
        Expr value = parameter.defaultValue();
        if (value == null) {
            throw new UserException("entry %s: %s must be given a constant, as %s=…"
                    .formatted(request.alias(), parameter.name(), parameter.name()));
        }
        return evaluator.typing().coerce(parameter.type(), evaluator.eval(value), parameter.name(), span);
    }

    private void requireKnownNames() {
        Set<String> takes = new TreeSet<>();
        for (Parameter parameter : method.function().parameters()) {
            takes.add(parameter.name());
            if (parameter.type() instanceof TypeExpr.Arguments(Span _, Expr function)
                    && Evaluator.constants(session, scope(method)).eval(function) instanceof Val.Callable callable) {
                Functions.innermost(callable).function().parameters().forEach(inner -> takes.add(inner.name()));
            }
        }
        Set<String> asked = new TreeSet<>(request.inputs());
        // Inputs of entries that draw random numbers, whether or not they declare them.
        asked.removeAll(Set.of(Trace.SEED, Trace.STEP));
        asked.addAll(request.constants().keySet());
        asked.removeAll(takes);
        if (!asked.isEmpty()) {
            throw new UserException("entry %s: has no parameter %s, it has %s"
                    .formatted(
                            request.alias(),
                            asked.iterator().next(),
                            takes.isEmpty() ? "none" : String.join(", ", takes)));
        }
    }
}
