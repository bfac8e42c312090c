package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.type.ElementType;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Checks names, calls, element types and sizes: every definition and every function once, for all values of its constants and all
 * call sizes. What passes never fails on a size later.
 */
public final class Checker {
    private final Checking checking;
    private final Bodies bodies;

    private Checker(Checking checking) {
        this.checking = checking;
        this.bodies = new Bodies(checking);
    }

    /** A file and all that it imports. Programs and optimizers are checked as far as that goes without knowing their model. */
    public static List<Diagnostic> check(Module module) {
        Checker checker = new Checker(Checking.start());
        Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        checker.module(module, seen);
        checker.recursion();
        return checker.checking.report().found();
    }

    /** Statements of a file that passes the checks whose value nothing takes, and that write nothing. */
    public static List<Diagnostic> dropped(Module module) {
        Dropped dropped = new Dropped();
        Checker checker = new Checker(Checking.start(dropped));
        checker.module(module, Collections.newSetFromMap(new IdentityHashMap<>()));
        return dropped.found();
    }

    /**
     * A program with its model and, where it takes one, its optimizer; for all values of their constants.
     *
     * @param bound definitions by the name of the program's parameter
     * @param entries the entries that will be used; a model need not have what others ask of it
     */
    public static List<Diagnostic> check(
            Declaration.Definition program, Module module, Map<String, Bound> bound, Set<String> entries) {
        Checker checker = new Checker(Checking.start());
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
        module.file().functions().forEach(function -> bodies.check(function, module, null));
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
                        bodies.check(function, self.module(), self);
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

    private void recursion() {
        checking.recursive().forEach((function, at) -> checking.report()
                .add(Diagnostic.error(
                                Code.RECURSION,
                                at,
                                function.label() + ": must not call itself, also not through others")
                        .note(function.place(), "declared here")));
    }
}
