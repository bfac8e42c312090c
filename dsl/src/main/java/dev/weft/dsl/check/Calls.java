package dev.weft.dsl.check;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of functions, methods and instances: arguments to parameters, call sizes to sizes, constraints to facts. */
final class Calls {
    private final Evaluator here;

    Calls(Evaluator here) {
        this.here = here;
    }

    /** An argument and where it stands. */
    record Value(Type type, Span span) {}

    Type call(Expr.Call call) {
        Type callee = here.evaluate(call.callee());
        Given given = given(call.arguments());
        return switch (callee) {
            case Type.BuiltIn builtIn -> new Builtins(here, builtIn.builtin(), given, call.span()).call();
            case Type.Gradient gradient -> new Gradients(here).call(gradient, given, call.span());
            case Type.Named named ->
                here.report(
                        Code.NOT_CALLABLE,
                        call.callee().span(),
                        named.definition().kind() + " " + named.definition().name()
                                + ": is declared as a part, and the part is called");
            default ->
                function(callee, call.callee().span())
                        .map(function -> call(function, given, call.span()))
                        .orElse(new Type.Unknown());
        };
    }

    /** The function that something stands for when it is called or differentiated; nothing where that is not known or wrong. */
    Optional<Type.Function> function(Type callee, Span span) {
        if (callee instanceof Type.Function function) {
            return Optional.of(function);
        }
        if (callee instanceof Type.Part part) {
            Optional<Declaration.Function> method = part.instance().definition().method(null);
            if (method.isPresent()) {
                return Optional.of(
                        new Type.Function(method.get(), part.instance().module(), part.instance()));
            }
        }
        if (!callee.isUnknown()) {
            String why = callee instanceof Type.Part ? ": has no method without a name" : ": cannot be called";
            here.report(Code.NOT_CALLABLE, span, callee.describe() + why);
        }
        return Optional.empty();
    }

    Type call(Type.Function function, Given given, Span span) {
        Declaration.Function declaration = function.declaration();
        if (here.function() != null) {
            here.checking().call(here.function(), declaration, span);
        }
        Map<String, Value> values = given.bind(
                declaration.label(),
                declaration.parameters().stream().map(Parameter::name).toList(),
                span);
        Evaluator callee =
                new Evaluator(here.checking().silent(), function.module(), function.self(), here.knowledge());
        if (!complete(declaration, values, callee, given, span)) {
            return new Type.Unknown();
        }
        constants(declaration, values, callee);
        Unification unification = new Unification(here, callee);
        for (Parameter parameter : declaration.parameters()) {
            Value value = values.get(parameter.name());
            if (value != null) {
                unification.learn(parameter.type(), value, declaration.label() + ", argument " + parameter.name());
            }
        }
        if (callee.leading() == null) {
            callee.leading(Type.Tensor.leading(null, List.of()));
        }
        for (Parameter parameter : declaration.parameters()) {
            Value value = values.get(parameter.name());
            if (value != null && !(parameter.type() instanceof TypeExpr.Constant)) {
                Type expected = callee.types().declared(parameter.type(), false);
                String subject = declaration.label() + ", argument " + parameter.name();
                here.types().conforms(value.type(), expected, value.span(), subject, Code.WRONG_KIND);
            }
        }
        sessions(function, callee, span);
        for (Expr constraint : declaration.constraints()) {
            here.conditions().demand(callee.conditions().read(constraint), span, declaration.label());
        }
        if (declaration.result() == null) {
            return declaration.entry() ? new Type.Unknown() : new Type.Nothing();
        }
        return callee.types().declared(declaration.result(), false);
    }

    /** Defaults for what is missing; false where something is missing and has none. */
    private boolean complete(
            Declaration.Function declaration, Map<String, Value> values, Evaluator callee, Given given, Span span) {
        List<String> missing = new ArrayList<>();
        for (Parameter parameter : declaration.parameters()) {
            if (values.containsKey(parameter.name())) {
                continue;
            }
            if (parameter.defaultValue() != null) {
                Type type = callee.evaluate(parameter.defaultValue());
                values.put(parameter.name(), new Value(type, span));
            } else if (given.open()) {
                values.put(parameter.name(), new Value(new Type.Unknown(), span));
            } else {
                missing.add(parameter.name());
            }
        }
        if (!missing.isEmpty()) {
            here.report(Diagnostic.error(
                            Code.ARGUMENT_COUNT,
                            span,
                            declaration.label() + ": has no argument for " + String.join(", ", missing))
                    .note(declaration.place(), "declared here"));
        }
        return missing.isEmpty();
    }

    private void constants(Declaration.Function declaration, Map<String, Value> values, Evaluator callee) {
        for (Parameter parameter : declaration.parameters()) {
            Value value = values.get(parameter.name());
            if (value != null && parameter.type() instanceof TypeExpr.Constant constant) {
                String subject = declaration.label() + ", argument " + parameter.name();
                callee.locals().put(parameter.name(), constant(constant.kind(), value, subject));
            }
        }
    }

    /** A constant of the kind that a parameter takes. */
    Type constant(ConstantKind kind, Value value, String subject) {
        Type type = value.type();
        if (type.isUnknown()) {
            return type;
        }
        boolean fits =
                switch (kind) {
                    case INT -> type instanceof Type.Int;
                    case FLOAT -> type instanceof Type.Int || type instanceof Type.Float;
                    case BOOL -> type instanceof Type.Bool;
                    case MODEL, OPTIMIZER -> type instanceof Type.Part;
                };
        if (!fits) {
            Code code = type instanceof Type.Tensor ? Code.NOT_CONSTANT : Code.WRONG_KIND;
            return here.report(
                    code, value.span(), subject + ": must be a constant of kind " + kind + ", got " + type.describe());
        }
        if (kind == ConstantKind.INT
                && type instanceof Type.Int number
                && number.size().constant().orElse(0) < 0) {
            return here.report(Code.VIOLATED, value.span(), subject + ": must not be negative, got " + number.size());
        }
        return type;
    }

    /** A cache has the call sizes of its session, under their own names; a call with another size would not fit it. */
    private void sessions(Type.Function function, Evaluator callee, Span span) {
        if (function.self() == null || function.self() == here.self()) {
            return;
        }
        for (String name : function.self().sessionSizes()) {
            if (callee.locals().get(name) instanceof Type.Int actual
                    && !here.facts().normal(actual.size()).equals(here.facts().normal(Size.symbol(name)))) {
                here.report(
                        Code.CACHE_SIZE,
                        span,
                        function.self().name() + ": has a cache with the call size " + name + " of its session, so "
                                + name + " must be the caller's " + name + ", got "
                                + Describe.size(actual.size(), here.facts()));
            }
        }
    }

    // ---- arguments

    Given given(List<Argument> arguments) {
        List<Value> positional = new ArrayList<>();
        Map<String, Value> named = new LinkedHashMap<>();
        Map<String, Span> names = new LinkedHashMap<>();
        boolean open = false;
        for (Argument argument : arguments) {
            Type type = here.value(argument.value());
            Value value = new Value(type, argument.value().span());
            if (argument.spread()) {
                switch (type) {
                    case Type.Tuple tuple ->
                        tuple.items().forEach(item -> positional.add(new Value(item, value.span())));
                    case Type.Bundle bundle ->
                        bundle.items().forEach((name, item) -> {
                            named.put(name, new Value(item, value.span()));
                            names.put(name, value.span());
                        });
                    case Type.Unknown unknown -> open = true;
                    case Type.Open unknown -> open = true;
                    default ->
                        here.report(
                                Code.WRONG_KIND,
                                argument.span(),
                                "...: spreads a tuple or arguments, got " + type.describe());
                }
            } else if (argument.name() != null) {
                String name = argument.name().text();
                if (named.put(name, value) != null) {
                    here.report(Code.DUPLICATE_NAME, argument.name().span(), "argument " + name + ": is given twice");
                }
                names.put(name, argument.name().span());
            } else if (named.isEmpty() || open) {
                positional.add(value);
            } else {
                here.report(
                        Code.ARGUMENT_COUNT, argument.span(), "argument: those by position come before those by name");
            }
        }
        return new Given(here, positional, named, names, open);
    }

    /**
     * The arguments of a call.
     *
     * @param open whether some are not known, so that none can be missing
     */
    record Given(
            Evaluator here, List<Value> positional, Map<String, Value> named, Map<String, Span> names, boolean open) {

        /** Values by parameter; what does not fit is reported. */
        Map<String, Value> bind(String label, List<String> parameters, Span span) {
            Map<String, Value> bound = new LinkedHashMap<>();
            if (positional.size() > parameters.size()) {
                here.report(
                        Code.ARGUMENT_COUNT,
                        positional.get(parameters.size()).span(),
                        label + ": takes " + count(parameters.size()) + ", got " + positional.size());
            }
            for (int i = 0; i < Math.min(positional.size(), parameters.size()); i++) {
                bound.put(parameters.get(i), positional.get(i));
            }
            named.forEach((name, value) -> {
                Span at = names.getOrDefault(name, span);
                if (!parameters.contains(name)) {
                    Diagnostic unknown = Diagnostic.error(
                            Code.UNKNOWN_ARGUMENT,
                            at,
                            label + ": has no parameter " + name + "; it takes "
                                    + (parameters.isEmpty() ? "none" : String.join(", ", parameters)));
                    here.report(Foreign.argument(name, unknown)
                            .orElseGet(() -> Suggestions.addTo(unknown, name, at, parameters)));
                } else if (bound.putIfAbsent(name, value) != null) {
                    here.report(Code.DUPLICATE_NAME, at, label + ": " + name + " is given by position and by name");
                }
            });
            return bound;
        }

        private static String count(int parameters) {
            return parameters == 0 ? "no arguments" : parameters == 1 ? "1 argument" : parameters + " arguments";
        }
    }
}
