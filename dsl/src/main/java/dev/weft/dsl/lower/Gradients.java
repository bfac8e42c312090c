package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Calls of {@code grad(f, wrt …)}: one grad op for each result of f and each tensor it is taken by. */
final class Gradients {

    private final Evaluator evaluator;
    private final Functions functions;
    private final Span span;

    Gradients(Evaluator evaluator, Functions functions, Span span) {
        this.evaluator = evaluator;
        this.functions = functions;
        this.span = span;
    }

    /** A gradient op of one function, its arguments and the numbers of those it is taken by. */
    private record Site(Compiled compiled, List<Value> arguments, List<Integer> wrt, String path) {}

    Val call(Val.Gradient gradient, Scope scope) {
        Val.Method method = Functions.innermost(gradient);
        variable(gradient, scope);
        Compiled compiled = functions.compile(gradient.function(), scope);
        // One list for all the grads that follow, not a copy in each of them; so too for the numbers.
        List<Value> arguments = List.copyOf(functions.arguments(compiled, gradient, scope));
        requireScalar(gradient, compiled);
        Trace trace = evaluator.trace(span);
        Map<Leaf, Integer> stored = stored(compiled, method);
        List<List<Integer>> by = gradient.wrt().stream()
                .map(wrt -> numbers(wrt, method, scope, stored))
                .toList();
        List<Integer> wrt = List.copyOf(by.stream()
                .flatMap(List::stream)
                .filter(number -> number >= 0)
                .collect(Collectors.toCollection(TreeSet::new)));
        Site site = new Site(compiled, arguments, wrt, trace.place(functions.segment(method)));
        List<Val> grads = new ArrayList<>();
        for (int i = 0; i < by.size(); i++) {
            grads.add(gradient(gradient.wrt().get(i), by.get(i), scope, site));
        }
        Results results = new Results(
                trace,
                compiled,
                arguments,
                (result, type) -> trace.add(new Grad(compiled.name(), arguments, wrt, result, site.path(), type)));
        results.write(leaf -> functions.mapped(leaf, compiled, method));
        Val all = grads.size() == 1 ? grads.getFirst() : new Val.Tuple(grads);
        return gradient.withValue() ? new Val.Tuple(List.of(results.value(), all)) : all;
    }

    /** Constants that a gradient is taken by become arguments like any other. */
    private void variable(Val.Gradient gradient, Scope scope) {
        for (Val.Wrt wrt : gradient.wrt()) {
            if (wrt instanceof Val.Wrt.ByName(Span at, String name)
                    && scope.find(name).orElseThrow() instanceof Val.Tensor(Value value, String _)
                    && value.op() instanceof Constant) {
                scope.bind(name, new Val.Tensor(evaluator.trace(at).add(new StopGradient(value))));
            }
        }
    }

    private void requireScalar(Val.Gradient gradient, Compiled compiled) {
        Value first = compiled.values() == 0 ? null : compiled.results().getFirst();
        if (first == null || first.type().rank() != 0 || !first.type().element().isFloat()) {
            throw Refusal.at(
                    span,
                    "%s: the first result must be a float scalar, got %s",
                    gradient.describe(),
                    first == null ? "none" : first.type());
        }
    }

    /** Numbers of the arguments that a gradient is taken by, in order; −1 for storage that the function does not read. */
    private List<Integer> numbers(Val.Wrt wrt, Val.Method method, Scope scope, Map<Leaf, Integer> stored) {
        return switch (wrt) {
            case Val.Wrt.ByName(Span _, String name) -> numbers(name, method, scope);
            case Val.Wrt.ByTree(Span at, Val.Tree(Map<String, Val> leaves)) ->
                leaves.values().stream()
                        .map(leaf -> stored.getOrDefault(place(leaf, at), -1))
                        .toList();
        };
    }

    private List<Integer> numbers(String name, Val.Method method, Scope scope) {
        List<Value> before = new ArrayList<>();
        for (Parameter parameter : method.function().parameters()) {
            int from = before.size();
            Importing.flatten(Functions.local(scope, parameter), before);
            if (parameter.name().equals(name)) {
                return IntStream.range(from, before.size()).boxed().toList();
            }
        }
        throw Refusal.at(span, "wrt %s: must be a parameter of %s", name, method.label());
    }

    /** The numbers of the arguments that are stored tensors. */
    private Map<Leaf, Integer> stored(Compiled compiled, Val.Method method) {
        Map<Leaf, Integer> numbers = new IdentityHashMap<>();
        for (int i = 0; i < compiled.needs().size(); i++) {
            if (compiled.needs().get(i) instanceof Compiled.Need.Stored(Leaf read, var _)) {
                numbers.put(functions.mapped(read, compiled, method), compiled.parameters() + i);
            }
        }
        return numbers;
    }

    private static Leaf place(Val leaf, Span at) {
        if (leaf instanceof Val.Place(Leaf stored)) {
            return stored;
        }
        throw Refusal.at(at, "wrt %s: must be a tree of stored tensors", at.text());
    }

    /** The gradient in the form of what it is taken by. */
    private Val gradient(Val.Wrt wrt, List<Integer> numbers, Scope scope, Site site) {
        Iterator<Integer> next = numbers.iterator();
        return switch (wrt) {
            case Val.Wrt.ByName(Span _, String name) -> like(scope.find(name).orElseThrow(), next, site);
            case Val.Wrt.ByTree(Span _, Val.Tree tree) -> like(tree, next, site);
        };
    }

    private Val like(Val argument, Iterator<Integer> next, Site site) {
        return switch (argument) {
            case Val.Tensor _ -> new Val.Tensor(result(next.next(), site));
            case Val.Place(Leaf leaf) -> {
                int number = next.next();
                yield number < 0 ? zeros(leaf) : new Val.Tensor(result(number, site));
            }
            case Val.Tuple(List<Val> items) ->
                new Val.Tuple(items.stream().map(item -> like(item, next, site)).toList());
            case Val.Tree(Map<String, Val> leaves) -> {
                Map<String, Val> grads = new LinkedHashMap<>();
                leaves.forEach((path, leaf) -> grads.put(path, like(leaf, next, site)));
                yield new Val.Tree(grads);
            }
            default -> throw Refusal.at(span, "wrt: must be a tensor, got %s", argument.describe());
        };
    }

    private Val zeros(Leaf leaf) {
        TensorType type = evaluator.type(leaf, span);
        return new Val.Tensor(Emit.full(evaluator.trace(span), new Val.Int(0), type, span));
    }

    private Value result(int argument, Site site) {
        int number = site.compiled().results().size() + site.wrt().indexOf(argument);
        return evaluator
                .trace(span)
                .add(new Grad(
                        site.compiled().name(),
                        site.arguments(),
                        site.wrt(),
                        number,
                        site.path(),
                        site.arguments().get(argument).type()));
    }
}
