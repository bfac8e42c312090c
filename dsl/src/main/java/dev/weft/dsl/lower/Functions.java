package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Constant;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls of functions of the language. A function is compiled once for each receiver shape and argument types, and called with the
 * storage of the receiver; one that takes trees is evaluated in place, as its graph would have as many parameters as the model.
 */
final class Functions {

    /** One compiled function for equal keys. Scalars known while compiling are part of it. */
    private record Key(Object callee, List<Object> arguments) {}

    private record MethodKey(int function, Instance.@Nullable Shape shape) {}

    private record GradientKey(Object function, boolean withValue, List<Object> wrt) {}

    private final Evaluator evaluator;
    private final Session session;
    private final Span span;

    Functions(Evaluator evaluator, Span span) {
        this.evaluator = evaluator;
        this.session = evaluator.session();
        this.span = span;
    }

    /** The function of the program text whose parameters a callable has. */
    static Val.Method innermost(Val.Callable callable) {
        return switch (callable) {
            case Val.Method method -> method;
            case Val.Gradient gradient -> innermost(gradient.function());
        };
    }

    Val call(Val.Callable callee, Map<String, Val> given) {
        Scope scope = prepare(innermost(callee), given);
        return switch (callee) {
            case Val.Gradient gradient -> new Gradients(evaluator, this, span).call(gradient, scope);
            case Val.Method method -> inPlace(method) ? evaluate(method, scope) : call(method, scope);
        };
    }

    private static boolean inPlace(Val.Method method) {
        return method.function().parameters().stream().anyMatch(parameter -> Calls.takesTrees(parameter.type()));
    }

    private Val evaluate(Val.Method method, Scope scope) {
        Trace trace = evaluator.trace(span);
        String outer = trace.enter(segment(method));
        Val value = body(method, scope, trace);
        trace.leave(outer);
        return value;
    }

    private Val call(Val.Method method, Scope scope) {
        Compiled compiled = compile(method, scope);
        List<Value> arguments = arguments(compiled, method, scope);
        Trace trace = evaluator.trace(span);
        String path = trace.place(segment(method));
        Results results = new Results(
                trace,
                compiled,
                arguments,
                (result, type) -> trace.add(new Call(compiled.name(), arguments, result, path, type)));
        results.write(leaf -> mapped(leaf, compiled, method));
        return results.value();
    }

    // ---- parameters

    /** A scope for the body, in which the parameters are bound and all sizes known. */
    private Scope prepare(Val.Method method, Map<String, Val> given) {
        Scope scope = Scope.of(method.unit(), method.self());
        Evaluator callee = evaluator.in(scope);
        Map<Parameter, Val> values = new LinkedHashMap<>();
        List<Typing.Given> tensors = new ArrayList<>();
        for (Parameter parameter : method.function().parameters()) {
            if (parameter.type() instanceof TypeExpr.Constant) {
                Val value = argument(method, parameter, given, callee);
                scope.bind(
                        parameter.name(),
                        callee.typing().coerce(parameter.type(), value, subject(method, parameter), span));
            } else if (given.containsKey(parameter.name())) {
                Val value = argument(method, parameter, given, callee);
                values.put(parameter, value);
                tensors.addAll(Typing.given(parameter.type(), value, subject(method, parameter), span));
            }
        }
        callee.typing().bind(tensors);
        for (Parameter parameter : method.function().parameters()) {
            if (!(parameter.type() instanceof TypeExpr.Constant)) {
                // Defaults may be written in the call's sizes, which are known by now.
                Val value = values.containsKey(parameter)
                        ? values.get(parameter)
                        : argument(method, parameter, given, callee);
                scope.bind(
                        parameter.name(),
                        callee.typing().coerce(parameter.type(), value, subject(method, parameter), span));
            }
        }
        constraints(method, callee, span);
        return scope;
    }

    private Val argument(Val.Method method, Parameter parameter, Map<String, Val> given, Evaluator callee) {
        Val value = given.get(parameter.name());
        Expr otherwise = parameter.defaultValue();
        if (value != null) {
            return evaluator.contents(value, span);
        }
        if (otherwise == null) {
            throw Refusal.at(span, "%s: must be given %s", method.label(), parameter.name());
        }
        return callee.eval(otherwise);
    }

    private static String subject(Val.Method method, Parameter parameter) {
        return method.label() + ": " + parameter.name();
    }

    static void constraints(Val.Method method, Evaluator callee, Span span) {
        for (Expr constraint : method.function().constraints()) {
            if (!callee.truth(constraint)) {
                throw Refusal.ofValues(
                        span,
                        "%s: must have %s (%s)%s",
                        method.label(),
                        constraint.span().text(),
                        constraint.span(),
                        Constraints.values(constraint, callee));
            }
        }
    }

    // ---- compiled functions

    Compiled compile(Val.Callable callee, Scope scope) {
        List<Parameter> parameters = innermost(callee).function().parameters();
        List<Object> arguments = new ArrayList<>();
        parameters.forEach(parameter -> arguments.add(argumentKey(local(scope, parameter))));
        Key key = new Key(calleeKey(callee), arguments);
        Compiled known = session.compiled().get(key);
        if (known != null) {
            return known;
        }
        Val.Method method = innermost(callee);
        Object active = List.of(session.id(method.function()), callee.describe(), pathOf(method));
        session.enter(active, span, method.label());
        Compiled compiled = trace(callee, scope, parameters);
        session.leave(active);
        session.compiled().put(key, compiled);
        return compiled;
    }

    private static String pathOf(Val.Method method) {
        Instance self = method.self();
        return self == null ? "" : self.path();
    }

    private Compiled trace(Val.Callable callee, Scope outer, List<Parameter> parameters) {
        Val.Method method = innermost(callee);
        String name = session.functionName((callee instanceof Val.Gradient ? "grad." : "") + method.label());
        Trace trace = new Trace(name, pathOf(method));
        Scope scope = Scope.of(method.unit(), method.self());
        scope.sizes().putAll(outer.sizes());
        List<Dim> rest = outer.rest();
        if (rest != null) {
            scope.rest(rest);
        }
        trace.at(method.function().span());
        Importing importing = new Importing(trace, new Sizes(evaluator.in(scope)));
        for (Parameter parameter : parameters) {
            scope.bind(parameter.name(), importing.take(parameter.name(), parameter.type(), local(outer, parameter)));
        }
        Val value =
                switch (callee) {
                    case Val.Method _ -> body(method, scope, trace);
                    case Val.Gradient gradient -> {
                        Evaluator inner = new Evaluator(session, scope, trace);
                        yield new Gradients(inner, new Functions(inner, gradient.span()), gradient.span())
                                .call(gradient, scope);
                    }
                };
        return Results.compiled(session, trace, method.self(), importing.count(), value);
    }

    /** Evaluates a body in a scope where the parameters are bound. */
    Val body(Val.Method method, Scope scope, Trace trace) {
        Evaluator callee = new Evaluator(session, scope, trace);
        Declaration.Function function = method.function();
        Val value = callee.contents(callee.block(function.body()), function.span());
        TypeExpr result = function.result();
        if (result != null) {
            Span at = function.body().statements().isEmpty()
                    ? function.span()
                    : function.body().statements().getLast().span();
            return callee.typing().coerce(result, value, method.label() + ": the result", at);
        }
        return function.expressionBody() || function.entry() ? value : new Val.Nothing();
    }

    static Val local(Scope scope, Parameter parameter) {
        return scope.find(parameter.name()).orElseThrow();
    }

    private Object calleeKey(Val.Callable callee) {
        return switch (callee) {
            case Val.Method(Unit _, Instance self, Declaration.Function function) ->
                new MethodKey(session.id(function), self == null ? null : self.shape());
            case Val.Gradient gradient ->
                new GradientKey(
                        calleeKey(gradient.function()),
                        gradient.withValue(),
                        gradient.wrt().stream()
                                .<Object>map(wrt -> switch (wrt) {
                                    case Val.Wrt.ByName(Span _, String parameter) -> parameter;
                                    case Val.Wrt.ByTree(Span _, Val.Tree tree) -> tree;
                                })
                                .toList());
        };
    }

    private static Object argumentKey(Val value) {
        return switch (value) {
            case Val.Tensor(Value tensor, String _) ->
                tensor.op() instanceof Constant constant ? constant : tensor.type();
            case Val.Tuple(List<Val> items) ->
                items.stream().map(Functions::argumentKey).toList();
            case Val.Tree(Map<String, Val> leaves) -> {
                Map<String, Object> keys = new LinkedHashMap<>();
                leaves.forEach((path, leaf) -> keys.put(path, argumentKey(leaf)));
                yield keys;
            }
            default -> value;
        };
    }

    // ---- arguments

    /** What to call a compiled function with: tensors among the arguments, then what it needs besides. */
    List<Value> arguments(Compiled compiled, Val.Callable callee, Scope scope) {
        List<Value> values = new ArrayList<>();
        for (Parameter parameter : innermost(callee).function().parameters()) {
            Importing.flatten(local(scope, parameter), values);
        }
        Trace trace = evaluator.trace(span);
        for (Compiled.Need need : compiled.needs()) {
            values.add(
                    switch (need) {
                        case Compiled.Need.Ambient(String name) -> trace.ambient(name);
                        case Compiled.Need.Stored(Leaf leaf, TensorType type) -> {
                            Leaf own = mapped(leaf, compiled, innermost(callee));
                            session.use(own, type, span);
                            yield trace.read(own, type);
                        }
                    });
        }
        return List.copyOf(values);
    }

    /** The stored tensor of this receiver that stands for one of the receiver the function was traced for. */
    Leaf mapped(Leaf leaf, Compiled compiled, Val.Method method) {
        Instance traced = compiled.receiver();
        Instance self = method.self();
        if (traced == null || self == null || traced == self || !leaf.name().startsWith(traced.path() + ".")) {
            return leaf;
        }
        Leaf own = session.leaves()
                .get(self.path() + leaf.name().substring(traced.path().length()));
        if (own == null) {
            throw new IllegalStateException(method.label() + ": no storage " + leaf + " under " + self.path());
        }
        return own;
    }

    /** The call's place, relative to the function that it stands in: {@code blocks.3.attn}, {@code logits}, {@code dropout}. */
    String segment(Val.Method method) {
        String name = method.function().name() == null ? "" : method.function().label();
        Instance self = method.self();
        if (self == null) {
            return name;
        }
        Instance here = evaluator.scope().self();
        String path = self.path();
        if (here != null && path.equals(here.path())) {
            path = "";
        } else if (here != null && path.startsWith(here.path() + ".")) {
            path = path.substring(here.path().length() + 1);
        }
        return Trace.join(path, name);
    }
}
