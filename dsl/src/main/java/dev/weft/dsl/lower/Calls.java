package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls: arguments find their parameters, then built-ins compute and functions become calls of the graph. */
final class Calls {

    private final Evaluator evaluator;

    Calls(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    /** Arguments as written, evaluated. */
    private record Written(List<Val> positional, Map<String, Val> named) {}

    Val call(Val callee, List<Argument> arguments, Span span) {
        return switch (callee) {
            case Val.Function(var builtin) ->
                new Builtins(
                                evaluator,
                                builtin,
                                ordered(Builtins.parameters(builtin), builtin.text(), written(arguments), span),
                                span)
                        .call();
            case Val.Part(Instance instance) -> call(method(instance, span), arguments, span);
            case Val.Callable callable -> {
                Val.Method method = Functions.innermost(callable);
                Map<String, Val> given = given(method, written(arguments), span);
                yield new Functions(evaluator, span).call(callable, given);
            }
            default -> throw Refusal.at(span, "%s: must be a function, got %s", span.text(), callee.describe());
        };
    }

    private static Val.Method method(Instance instance, Span span) {
        Declaration.Function function = instance.definition()
                .method(null)
                .orElseThrow(() -> Refusal.at(
                        span,
                        "%s: has no fn without a name to be called by",
                        instance.definition().name()));
        return new Val.Method(instance.unit(), instance, function);
    }

    private Written written(List<Argument> arguments) {
        List<Val> positional = new ArrayList<>();
        Map<String, Val> named = new LinkedHashMap<>();
        for (Argument argument : arguments) {
            Val value = evaluator.eval(argument.value());
            Identifier name = argument.name();
            if (name != null) {
                named(named, name.text(), value, argument.span());
            } else if (!argument.spread()) {
                positional.add(value);
            } else if (value instanceof Val.Bundle(Map<String, Val> items)) {
                items.forEach((item, part) -> named(named, item, part, argument.span()));
            } else if (value instanceof Val.Tuple(List<Val> items)) {
                positional.addAll(items);
            } else {
                throw Refusal.at(argument.span(), "...: must have a tuple or a bundle, got %s", value.describe());
            }
        }
        return new Written(positional, named);
    }

    private static void named(Map<String, Val> named, String name, Val value, Span span) {
        if (named.put(name, value) != null) {
            throw Refusal.at(span, "%s: must be given once", name);
        }
    }

    /** Arguments of a built-in in the order of its parameters; those of {@code zip} and the like have no names. */
    private static List<Val> ordered(List<String> parameters, String subject, Written written, Span span) {
        List<Val> ordered = new ArrayList<>(written.positional());
        if (!parameters.isEmpty() && ordered.size() > parameters.size()) {
            throw Refusal.at(span, "%s: must have at most %s, got %d arguments", subject, parameters, ordered.size());
        }
        for (int i = ordered.size(); i < parameters.size() && written.named().containsKey(parameters.get(i)); i++) {
            ordered.add(written.named().get(parameters.get(i)));
        }
        if (ordered.size() != written.positional().size() + written.named().size()) {
            throw Refusal.at(
                    span,
                    "%s: must have %s, got names %s",
                    subject,
                    parameters,
                    written.named().keySet());
        }
        return ordered;
    }

    private static Map<String, Val> given(Val.Method method, Written written, Span span) {
        List<String> parameters =
                method.function().parameters().stream().map(Parameter::name).toList();
        if (written.positional().size() > parameters.size()) {
            throw Refusal.at(
                    span,
                    "%s: must have at most %d arguments %s, got %d",
                    method.label(),
                    parameters.size(),
                    parameters,
                    written.positional().size());
        }
        Map<String, Val> given = new LinkedHashMap<>();
        for (int i = 0; i < written.positional().size(); i++) {
            given.put(parameters.get(i), written.positional().get(i));
        }
        written.named().forEach((name, value) -> {
            if (!parameters.contains(name)) {
                String meant = Suggestions.nearest(name, parameters)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
                throw Refusal.at(span, "%s: has no parameter %s, it has %s%s", method.label(), name, parameters, meant);
            }
            named(given, name, value, span);
        });
        return given;
    }

    Val gradient(Expr.Grad grad) {
        if (!(callable(evaluator.eval(grad.function()), grad.span()) instanceof Val.Callable function)) {
            throw Refusal.at(
                    grad.function().span(),
                    "grad: must have a function, got %s",
                    grad.function().span().text());
        }
        List<String> parameters = Functions.innermost(function).function().parameters().stream()
                .map(Parameter::name)
                .toList();
        List<Val.Wrt> wrt = new ArrayList<>();
        for (Expr by : grad.wrt()) {
            if (by instanceof Expr.Name(Span span, String name) && parameters.contains(name)) {
                wrt.add(new Val.Wrt.ByName(span, name));
            } else if (evaluator.eval(by) instanceof Val.Tree tree) {
                wrt.add(new Val.Wrt.ByTree(by.span(), tree));
            } else {
                throw Refusal.at(
                        by.span(),
                        "wrt %s: must be one of the parameters %s or a tree of stored tensors",
                        by.span().text(),
                        parameters);
            }
        }
        return new Val.Gradient(grad.span(), function, grad.withValue(), wrt);
    }

    private static Val callable(Val value, Span span) {
        return value instanceof Val.Part(Instance instance) ? method(instance, span) : value;
    }

    /** Whether a function works on whole trees: then it is evaluated where it is called. */
    static boolean takesTrees(@Nullable TypeExpr type) {
        return switch (type) {
            case null -> false;
            case TypeExpr.Like _ -> true;
            case TypeExpr.TupleOf(Span _, List<TypeExpr> types) ->
                types.stream().anyMatch(Calls::takesTrees);
            case TypeExpr.Tensor _, TypeExpr.Constant _, TypeExpr.Arguments _ -> false;
        };
    }
}
