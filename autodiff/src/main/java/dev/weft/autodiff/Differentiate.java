package dev.weft.autodiff;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces every {@link Grad} by a {@link Call} of a new function, one for each distinct function and {@code wrt}:
 * {@code @loss.grad[0..3]} has the parameters of {@code @loss}, and gives its results and then the gradients by parameters 0 to 3.
 * Functions come after those they refer to, so inner grads are gone before an outer one is taken, and gradients of gradients are
 * ordinary. Random ops inside draw the same numbers as a call of the function at the same path.
 */
public final class Differentiate implements Pass {

    @Override
    public String name() {
        return "differentiate";
    }

    @Override
    public String summary() {
        return "replaces grads by functions that compute them";
    }

    @Override
    public Set<Class<? extends Op>> removes() {
        return Set.of(Grad.class);
    }

    @Override
    public Program apply(Program program) {
        return differentiate(program);
    }

    /**
     * The program without {@code grad}. Calls stay, except inside the new functions.
     *
     * @throws UserException if a function that is differentiated is not there, refers to itself, or does not begin its results with a
     *     float scalar
     */
    public static Program differentiate(Program program) {
        Map<String, Graph> done = new LinkedHashMap<>();
        for (String name : dependenciesFirst(program)) {
            done.put(name, withoutGrads(program.function(name), done));
        }
        return program.withFunctions(done.values());
    }

    /**
     * The function with {@code f}'s results and then the gradients of the first one.
     *
     * @param f without calls and grads
     * @param wrt numbers of parameters, floats all
     */
    public static Graph gradient(Graph f, List<Integer> wrt) {
        List<TensorType> results = f.resultTypes();
        if (results.isEmpty()
                || !results.getFirst().element().isFloat()
                || results.getFirst().rank() != 0) {
            throw new UserException(
                    "grad of %s: the first result must be a float scalar, got %s; sum it, or return it later"
                            .formatted(f.name(), results.isEmpty() ? "no result" : results.getFirst()));
        }
        for (int argument : wrt) {
            if (argument < 0 || argument >= f.parameters().size()) {
                throw new UserException("grad of %s: wrt must be in 0..%d, got %d"
                        .formatted(f.name(), f.parameters().size() - 1, argument));
            }
            Value parameter = f.parameters().get(argument);
            if (!parameter.type().element().isFloat()) {
                throw new UserException("grad of %s: argument %s must be a float to differentiate by it, got %s"
                        .formatted(f.name(), Graph.parameterName(parameter), parameter.type()));
            }
        }
        return Sweep.gradient(f, wrt, gradientName(f.name(), wrt), Derivatives::new);
    }

    private static Graph withoutGrads(Graph function, Map<String, Graph> done) {
        if (function.values().stream().noneMatch(value -> value.op() instanceof Grad)) {
            return function;
        }
        GraphRebuilder copy = new GraphRebuilder(function);
        Site site = null;
        for (Value value : function.values()) {
            if (value.op() instanceof Grad grad) {
                site = site != null && site.isOf(grad) ? site : Site.of(grad, copy, done);
                copy.at(value);
                copy.replace(value, copy.builder().add(site.call(grad)));
            } else {
                copy.take(value);
            }
        }
        return copy.build();
    }

    /**
     * Where a gradient is taken. A training step has a grad for each of its parameters, each with all of them as arguments: what they
     * share is found out once.
     *
     * @param first one of the grads
     * @param arguments what stands for its arguments in the copy
     */
    private record Site(Grad first, Graph gradient, List<Value> arguments) {

        static Site of(Grad grad, GraphRebuilder copy, Map<String, Graph> done) {
            Graph gradient = done.computeIfAbsent(
                    gradientName(grad.function(), grad.wrt()),
                    name -> Differentiate.gradient(Inline.inline(done.get(grad.function()), done::get), grad.wrt()));
            List<TensorType> wanted =
                    gradient.parameters().stream().map(Value::type).toList();
            List<TensorType> got = grad.arguments().stream().map(Value::type).toList();
            if (!wanted.equals(got)) {
                throw new UserException(
                        "grad of %s: arguments must be %s, got %s".formatted(grad.function(), wanted, got));
            }
            return new Site(grad, gradient, List.copyOf(copy.get(grad.arguments())));
        }

        boolean isOf(Grad grad) {
            return grad.function().equals(first.function())
                    && grad.wrt().equals(first.wrt())
                    && grad.arguments().equals(first.arguments());
        }

        Call call(Grad grad) {
            check(grad, gradient);
            return new Call(gradient.name(), arguments, grad.result(), grad.path(), grad.type());
        }
    }

    private static void check(Grad grad, Graph gradient) {
        List<Value> results = gradient.results();
        if (grad.result() < 0 || grad.result() >= results.size()) {
            throw new UserException("grad of %s: result must be in 0..%d, got %d"
                    .formatted(grad.function(), results.size() - 1, grad.result()));
        }
        TensorType type = results.get(grad.result()).type();
        if (!type.equals(grad.type())) {
            throw new UserException(
                    "grad of %s: result %d is %s, got %s".formatted(grad.function(), grad.result(), type, grad.type()));
        }
    }

    /** All functions, each after those that it calls or differentiates. */
    private static List<String> dependenciesFirst(Program program) {
        Set<String> finished = new HashSet<>();
        Set<String> begun = new HashSet<>();
        List<String> order = new ArrayList<>();
        for (Graph root : program.functions()) {
            Deque<String> open = new ArrayDeque<>();
            open.push(root.name());
            while (!open.isEmpty()) {
                String name = open.peek();
                if (finished.contains(name)) {
                    open.pop();
                } else if (begun.add(name)) {
                    references(program.function(name)).forEach(next -> {
                        if (begun.contains(next) && !finished.contains(next)) {
                            throw new UserException(
                                    "function %s: must not refer to itself, got a call or grad of it in %s"
                                            .formatted(next, name));
                        }
                        open.push(next);
                    });
                } else {
                    open.pop();
                    finished.add(name);
                    order.add(name);
                }
            }
        }
        return order;
    }

    private static Set<String> references(Graph function) {
        Set<String> names = new HashSet<>();
        for (Value value : function.values()) {
            switch (value.op()) {
                case Call call -> names.add(call.function());
                case Grad grad -> names.add(grad.function());
                case Primitive _ -> {}
            }
        }
        return names;
    }

    /** {@code f.grad[0..2,5]}. */
    private static String gradientName(String function, List<Integer> wrt) {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < wrt.size(); i++) {
            int from = i;
            while (i + 1 < wrt.size() && wrt.get(i + 1) == wrt.get(i) + 1) {
                i++;
            }
            runs.add(from == i ? wrt.get(i).toString() : wrt.get(from) + ".." + wrt.get(i));
        }
        return function + ".grad[" + String.join(",", runs) + "]";
    }
}
