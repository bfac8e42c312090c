package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks names, calls, element types and sizes: every definition and every function once, for all values of its constants and all
 * call sizes. What passes never fails on a size later.
 */
public final class Checker {
    private static final int MOST_WAYS = 64;

    private final Checking checking = Checking.start();

    private Checker() {}

    /** A file and all that it imports. Programs and optimizers are checked as far as that goes without knowing their model. */
    public static List<Diagnostic> check(Module module) {
        Checker checker = new Checker();
        Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        checker.module(module, seen);
        checker.recursion();
        return checker.checking.report().found();
    }

    /**
     * A program with its model and, where it takes one, its optimizer; for all values of their constants.
     *
     * @param bound definitions by the name of the program's parameter
     * @param entries the entries that will be used; a model need not have what others ask of it
     */
    public static List<Diagnostic> check(
            Declaration.Definition program, Module module, Map<String, Bound> bound, Set<String> entries) {
        Checker checker = new Checker();
        Map<String, Type> instances = new HashMap<>();
        bound.forEach((name, model) -> {
            if (model.parameters().isEmpty()) {
                instances.put(name, checker.instance(model, name, Map.of()));
            }
        });
        bound.forEach((name, optimizer) -> {
            if (!optimizer.parameters().isEmpty()) {
                Map<String, Type> inner = new HashMap<>();
                optimizer.parameters().forEach((own, of) -> {
                    Type instance = instances.get(of);
                    if (instance != null) {
                        inner.put(own, instance);
                    }
                });
                instances.put(name, checker.instance(optimizer, name, inner));
            }
        });
        checker.members(
                Instances.anyOf(program, module, program.name().text(), 0, instances, checker.checking),
                function -> !function.entry() || entries.contains(function.label()));
        for (Type instance : instances.values()) {
            if (instance instanceof Type.Part part) {
                checker.members(part.instance(), function -> true);
            }
        }
        checker.recursion();
        return checker.checking.report().found();
    }

    /**
     * What a program's parameter stands for.
     *
     * @param parameters of an optimizer: its own parameters for instances, and the program's parameters that they are
     */
    public record Bound(Declaration.Definition definition, Module module, Map<String, String> parameters) {
        public Bound {
            parameters = Map.copyOf(parameters);
        }
    }

    private Type instance(Bound bound, String path, Map<String, Type> inner) {
        // Scope 2: a constant of the model is not one of the program that has the same name.
        return new Type.Part(Instances.anyOf(bound.definition(), bound.module(), path, 2, inner, checking));
    }

    private void module(Module module, Set<Module> seen) {
        if (!seen.add(module)) {
            return;
        }
        module.imports().values().forEach(imported -> module(imported, seen));
        new Declarations(checking).duplicates(module.file());
        if (new Declarations(checking).contained(module)) {
            return;
        }
        for (Declaration.Constant constant : module.file().constants()) {
            constant(new Evaluator(checking, module, null, Knowledge.NONE), constant);
        }
        module.file().functions().forEach(function -> function(function, module, null));
        module.file().definitions().forEach(definition -> definition(definition, module, Map.of()));
    }

    private void constant(Evaluator here, Declaration.Constant constant) {
        Type type = here.value(constant.value());
        if (!type.isConstant() && !type.isUnknown()) {
            here.report(
                    Code.NOT_CONSTANT,
                    constant.value().span(),
                    "let " + constant.name() + ": must be a constant, got " + type.describe());
        }
    }

    private void definition(Declaration.Definition definition, Module module, Map<String, Type> bound) {
        Instance self = Instances.anyOf(definition, module, definition.name().text(), 0, bound, checking);
        Evaluator outside = new Evaluator(checking, module, null, Knowledge.NONE);
        definition.parameters().forEach(parameter -> {
            if (parameter.defaultValue() != null) {
                Type type = outside.value(parameter.defaultValue());
                new Calls(outside)
                        .constant(
                                parameter.kind(),
                                new Calls.Value(type, parameter.span()),
                                definition.name() + ", " + parameter.name());
            }
        });
        Evaluator constraints = new Evaluator(checking, module, self, self.knowledge());
        definition.constraints().forEach(constraint -> constraints.conditions().read(constraint));
        members(self, function -> true);
    }

    private void members(Instance self, Predicate<Declaration.Function> wanted) {
        for (Member member : self.definition().members()) {
            Evaluator here = new Evaluator(checking, self.module(), self, self.knowledge());
            switch (member) {
                case Declaration.Constant constant -> constant(here, constant);
                case Declaration.Function function -> {
                    if (wanted.test(function)) {
                        function(function, self.module(), self);
                    }
                }
                case Member.Storage storage -> storage(here, storage);
                case Member.Instance part -> part(here, part);
            }
        }
    }

    private static void part(Evaluator here, Member.Instance part) {
        here.instances()
                .create(
                        part,
                        here.self() == null
                                ? ""
                                : here.self().path() + "." + part.names().getFirst());
        Expr count = part.count();
        if (count != null) {
            Type type = here.value(count);
            if (!(type instanceof Type.Int) && !type.isUnknown()) {
                here.report(Code.NOT_CONSTANT, count.span(), "count: must be an int constant, got " + type.describe());
            }
        }
    }

    private static void storage(Evaluator here, Member.Storage storage) {
        Type type = here.types().declared(storage.type(), storage.kind() == StorageKind.CACHE);
        if (storage.kind() == StorageKind.PARAM
                && type instanceof Type.Tensor tensor
                && tensor.element() != ElementType.F32) {
            here.report(
                    Code.ELEMENT_MISMATCH,
                    storage.type().span(),
                    "param: must be f32, got " + tensor.element()
                            + "; in what precision it is used is chosen when compiling");
        }
        Expr initial = storage.initial();
        boolean needed = storage.kind() == StorageKind.PARAM || storage.kind() == StorageKind.BUFFER;
        if (initial == null) {
            if (needed) {
                here.report(Diagnostic.error(
                                Code.INITIAL,
                                storage.span(),
                                storage.kind() + " " + storage.names().getFirst() + ": needs an initial value")
                        .help("for zeros write = 0", storage.span().after(), " = 0"));
            }
            return;
        }
        if (type instanceof Type.Tensor tensor) {
            here.initial(tensor);
            here.statements().stretches(here.value(initial), tensor, initial.span(), "initial value");
        } else if (type instanceof Type.Tree) {
            Type value = here.value(initial);
            if (!value.isConstant() && !value.isUnknown()) {
                here.report(
                        Code.INITIAL,
                        initial.span(),
                        "initial value: that of a tree must be a constant, got " + value.describe());
            }
        } else if (!type.isUnknown()) {
            here.report(
                    Code.WRONG_KIND,
                    storage.type().span(),
                    "storage: must be a tensor or like a tree, got " + type.describe());
        }
    }

    // ---- bodies

    /** Walks a body once for every way that its conditions can go. */
    private void function(Declaration.Function function, Module module, @Nullable Instance self) {
        Deque<Map<String, Boolean>> ways = new ArrayDeque<>();
        ways.add(Map.of());
        for (int walked = 0; !ways.isEmpty(); walked++) {
            if (walked == MOST_WAYS) {
                checking.report()
                        .add(Diagnostic.error(
                                Code.TOO_MANY_WAYS,
                                function.place(),
                                function.label() + ": has more than " + MOST_WAYS
                                        + " ways through its conditions; split it into functions"));
                return;
            }
            Decisions decisions = new Decisions(ways.pop());
            Knowledge start = self == null ? Knowledge.NONE : self.knowledge();
            Evaluator here = new Evaluator(checking, module, self, start);
            here.walking(function, decisions);
            walk(function, here);
            ways.addAll(decisions.otherWays());
        }
    }

    private void walk(Declaration.Function function, Evaluator here) {
        here.types().parameters(function.parameters());
        for (Expr constraint : function.constraints()) {
            here.learn(here.conditions().read(constraint), true);
        }
        for (Parameter parameter : function.parameters()) {
            parameter(function, parameter, here);
        }
        inputs(function, here);
        Type value = here.statements().block(function.body());
        TypeExpr result = function.result();
        if (result != null) {
            result(function, value, here.types().declared(result, false), here);
        } else if (!function.entry() && !(value instanceof Type.Nothing) && !value.isUnknown()) {
            here.report(Diagnostic.error(
                            Code.WRONG_RESULT,
                            function.body().span(),
                            function.label() + ": gives " + value.describe() + " and declares no result")
                    .help("write -> and its type after the parameters"));
        } else if (function.entry()) {
            outputs(function, value, here);
        }
    }

    /** The inputs that bundles bring are called by their own names, so those must differ. */
    private static void inputs(Declaration.Function function, Evaluator here) {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : function.parameters()) {
            Type type = here.locals().getOrDefault(parameter.name(), new Type.Unknown());
            Set<String> inputs =
                    type instanceof Type.Bundle bundle ? bundle.items().keySet() : Set.of(parameter.name());
            for (String input : inputs) {
                if (!names.add(input)) {
                    here.report(
                            Code.DUPLICATE_NAME,
                            parameter.span(),
                            function.label() + ": has two inputs with the name " + input);
                }
            }
        }
    }

    private static void parameter(Declaration.Function function, Parameter parameter, Evaluator here) {
        boolean constant = parameter.type() instanceof TypeExpr.Constant;
        Expr value = parameter.defaultValue();
        if (function.entry() && constant) {
            here.report(
                    Code.WRONG_KIND,
                    parameter.span(),
                    "entry " + function.label() + ": its parameters are run-time tensors, got the constant "
                            + parameter.name());
        }
        if (value == null) {
            return;
        }
        Type type = here.value(value);
        String subject = "default of " + parameter.name();
        if (parameter.type() instanceof TypeExpr.Constant declared) {
            new Calls(here).constant(declared.kind(), new Calls.Value(type, value.span()), subject);
        } else {
            Type declared = here.locals().getOrDefault(parameter.name(), new Type.Unknown());
            here.types().conforms(type, declared, value.span(), subject, Code.WRONG_KIND);
        }
    }

    private static void result(Declaration.Function function, Type value, Type declared, Evaluator here) {
        Span span = function.body().statements().isEmpty()
                ? function.body().span()
                : function.body().statements().getLast().span();
        if (value instanceof Type.Nothing) {
            here.report(
                    Code.WRONG_RESULT,
                    span,
                    function.label() + ": must end with an expression, its result " + declared.describe());
        } else {
            here.types().conforms(value, declared, span, function.label() + ", result", Code.WRONG_RESULT);
        }
    }

    private static void outputs(Declaration.Function function, Type value, Evaluator here) {
        boolean tensors =
                switch (value) {
                    case Type.Tuple tuple ->
                        tuple.items().stream()
                                .allMatch(item -> item instanceof Type.Tensor || item.isUnknown() || item.isConstant());
                    case Type.Tensor tensor -> true;
                    case Type.Nothing nothing -> true;
                    default -> value.isUnknown();
                };
        if (!tensors) {
            here.report(
                    Code.WRONG_RESULT,
                    function.body().span(),
                    "entry " + function.label() + ": gives tensors, got " + value.describe());
        }
    }

    private void recursion() {
        checking.recursive().forEach((function, at) -> checking.report()
                .add(Diagnostic.error(
                                Code.RECURSION,
                                at,
                                function.label() + ": must not call itself, also not through others")
                        .note(function.place(), "declared here")));
    }
}
