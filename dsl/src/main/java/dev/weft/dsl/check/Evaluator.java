package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works out what expressions are, at one place in a program: within a module, perhaps within an instance, with local names and with
 * what is known of sizes there. One is made for each walk through a body.
 */
final class Evaluator {
    private final Checking checking;
    private final Module module;
    private final @Nullable Instance self;
    private final Map<String, Type> locals = new LinkedHashMap<>();
    private Knowledge knowledge;
    private Type.@Nullable Tensor leading;
    private Type.@Nullable Tensor initial;
    private Declaration.@Nullable Function function;
    private @Nullable Decisions decisions;

    Evaluator(Checking checking, Module module, @Nullable Instance self, Knowledge knowledge) {
        this.checking = checking;
        this.module = module;
        this.self = self;
        this.knowledge = knowledge;
    }

    // ---- what else is known here

    Checking checking() {
        return checking;
    }

    Module module() {
        return module;
    }

    @Nullable
    Instance self() {
        return self;
    }

    Map<String, Type> locals() {
        return locals;
    }

    Knowledge knowledge() {
        return knowledge;
    }

    Facts facts() {
        return knowledge.facts();
    }

    void learn(Condition condition, boolean truth) {
        knowledge = knowledge.with(condition, truth);
    }

    void restore(Knowledge earlier) {
        knowledge = earlier;
    }

    /** What {@code ...} stands for here. */
    Type.@Nullable Tensor leading() {
        return leading;
    }

    void leading(Type.Tensor tensor) {
        leading = tensor;
    }

    /** The declared type, while an initial value is worked out. */
    Type.@Nullable Tensor initial() {
        return initial;
    }

    void initial(Type.Tensor declared) {
        initial = declared;
    }

    Declaration.@Nullable Function function() {
        return function;
    }

    void walking(Declaration.Function walked, Decisions ways) {
        function = walked;
        decisions = ways;
    }

    // ---- the rest of the work

    Types types() {
        return new Types(this);
    }

    Instances instances() {
        return new Instances(this);
    }

    Conditions conditions() {
        return new Conditions(this);
    }

    Shapes shapes() {
        return new Shapes(this);
    }

    Statements statements() {
        return new Statements(this);
    }

    // ---- reporting

    Type.Unknown report(Diagnostic diagnostic) {
        checking.report().add(diagnostic);
        return new Type.Unknown();
    }

    /** An element type that is not the right one, with where it and the other side's come from. */
    Type.Unknown elements(Span span, String message, Type.Tensor... tensors) {
        return report(Describe.origins(Diagnostic.error(Code.ELEMENT_MISMATCH, span, message), tensors));
    }

    Type.Unknown report(Code code, Span span, String message) {
        return report(Diagnostic.error(code, span, message));
    }

    // ---- names

    Optional<Type> lookup(String name) {
        Type local = locals.get(name);
        if (local != null) {
            return Optional.of(local);
        }
        Optional<Type> member = self == null ? Optional.empty() : self.member(name);
        return member.isPresent() ? member : inModule(module, name).or(() -> builtIn(name));
    }

    private Optional<Type> inModule(Module where, String name) {
        Optional<Declaration.Constant> constant = where.constant(name);
        if (constant.isPresent()) {
            if (!checking.enter(constant.get())) {
                checking.loud()
                        .add(Diagnostic.error(
                                Code.RECURSION, constant.get().span(), "let " + name + ": must not depend on itself"));
                return Optional.of(new Type.Unknown());
            }
            Type type = new Evaluator(checking.silent(), where, null, Knowledge.NONE)
                    .evaluate(constant.get().value());
            checking.leave(constant.get());
            return Optional.of(type);
        }
        Optional<Type> function = where.function(name).map(found -> new Type.Function(found, where, null));
        Optional<Type> definition = where.definition(name).map(found -> new Type.Named(found, where));
        Optional<Type> imported = Optional.ofNullable(where.imports().get(name)).map(Type.Imported::new);
        return function.or(() -> definition).or(() -> imported);
    }

    private static Optional<Type> builtIn(String name) {
        return switch (name) {
            case "inf" -> Optional.of(new Type.Float(Double.POSITIVE_INFINITY, name));
            case "pi" -> Optional.of(new Type.Float(Math.PI, name));
            default -> Builtin.of(name).map(Type.BuiltIn::new);
        };
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>(locals.keySet());
        if (self != null) {
            names.addAll(self.names());
        }
        names.addAll(names(module));
        names.addAll(module.imports().keySet());
        for (Builtin builtin : Builtin.values()) {
            names.add(builtin.text());
        }
        names.addAll(List.of("inf", "pi", "true", "false", "grad", "value_and_grad"));
        return names;
    }

    static Set<String> names(Module module) {
        Set<String> names = new LinkedHashSet<>();
        module.file().constants().forEach(constant -> names.add(constant.name().text()));
        for (Declaration.Function declared : module.file().functions()) {
            if (declared.name() != null) {
                names.add(declared.name().text());
            }
        }
        module.file()
                .definitions()
                .forEach(declared -> names.add(declared.name().text()));
        return names;
    }

    // ---- expressions

    Type evaluate(Expr expr) {
        return switch (expr) {
            case Expr.IntLiteral literal -> new Type.Int(Size.of(literal.value()));
            case Expr.FloatLiteral literal -> new Type.Float(literal.value(), String.valueOf(literal.value()));
            case Expr.BoolLiteral literal -> new Type.Bool(literal.value(), String.valueOf(literal.value()));
            case Expr.Name name -> name(name);
            case Expr.Field field -> member(evaluate(field.target()), field.name());
            case Expr.Transpose transpose -> new Indexing(this).transpose(transpose);
            case Expr.Call call -> new Calls(this).call(call);
            case Expr.Grad grad -> new Gradients(this).gradient(grad);
            case Expr.Index index -> new Indexing(this).index(index);
            case Expr.Unary unary -> new Operators(this).unary(unary);
            case Expr.Binary binary -> new Operators(this).binary(binary);
            case Expr.InPaths in -> new Operators(this).inPaths(in);
            case Expr.If conditional -> conditional(conditional);
            case Expr.Tuple tuple ->
                new Type.Tuple(tuple.items().stream().map(this::value).toList());
            case Expr.Rearrange rearrange -> new Rearranging(this).rearrange(rearrange);
            case Expr.Replaced replaced -> statements().replaced(replaced);
        };
    }

    /** What an expression is, which must be something that can be named: not nothing. */
    Type value(Expr expr) {
        Type type = evaluate(expr);
        return type instanceof Type.Nothing
                ? report(Code.WRONG_KIND, expr.span(), "value: expected one, got a call that returns nothing")
                : type;
    }

    private Type name(Expr.Name name) {
        return lookup(name.text()).orElseGet(() -> {
            Diagnostic unknown =
                    Diagnostic.error(Code.UNKNOWN_NAME, name.span(), "name " + name.text() + ": is not declared here");
            return report(Foreign.name(name.text(), unknown)
                    .orElseGet(() -> Suggestions.addTo(unknown, name.text(), name.span(), names())));
        });
    }

    Type member(Type target, Identifier name) {
        Optional<Type> found =
                switch (target) {
                    case Type.Unknown unknown -> Optional.of(unknown);
                    case Type.Open open -> Optional.of(new Type.Open(open.path() + "." + name));
                    case Type.Part part -> part.instance().member(name.text());
                    case Type.Imported imported ->
                        inModule(imported.module(), name.text()).filter(type -> !(type instanceof Type.Imported));
                    default -> Optional.empty();
                };
        return found.orElseGet(() -> {
            Set<String> known =
                    switch (target) {
                        case Type.Part part -> part.instance().names();
                        case Type.Imported imported -> names(imported.module());
                        default -> Set.of();
                    };
            String message = known.isEmpty()
                    ? "." + name + ": only an instance or an import has members, got " + target.describe()
                    : target.describe() + ": has no member " + name;
            Diagnostic unknown = Diagnostic.error(Code.UNKNOWN_MEMBER, name.span(), message);
            return report(Foreign.member(name.text(), unknown)
                    .filter(_ -> !(target instanceof Type.Part))
                    .orElseGet(() -> Suggestions.addTo(unknown, name.text(), name.span(), known)));
        });
    }

    // ---- conditions

    /** The branch that is taken here; where a body is not walked way by way, none can be chosen. */
    Optional<Boolean> decide(Condition condition) {
        Facts.Answer answer = knowledge.answer(condition);
        if (answer != Facts.Answer.UNKNOWN) {
            return Optional.of(answer == Facts.Answer.YES);
        }
        if (decisions == null) {
            return Optional.empty();
        }
        boolean truth = decisions.take(knowledge.key(condition));
        learn(condition, truth);
        return Optional.of(truth);
    }

    private Type conditional(Expr.If conditional) {
        Condition condition = conditions().read(conditional.condition());
        Optional<Boolean> taken = decide(condition);
        @Nullable Block otherwise = conditional.otherwise();
        if (taken.isPresent()) {
            Block block = taken.get() ? conditional.then() : otherwise;
            return block == null ? new Type.Nothing() : statements().block(block);
        }
        if (otherwise == null) {
            return report(Code.WRONG_KIND, conditional.span(), "if: needs an else to have a value here");
        }
        return either(statements().block(conditional.then()), statements().block(otherwise));
    }

    /** A constant that is one of two, it is not known which. */
    private Type either(Type first, Type second) {
        if (first.equals(second)) {
            return first;
        }
        if (first instanceof Type.Int a && second instanceof Type.Int b) {
            List<Size> operands = new ArrayList<>(List.of(a.size(), b.size()));
            return new Type.Int(Size.of(new Atom.Opaque("either", operands)));
        }
        boolean floats = first.isConstant() && second.isConstant() && !(first instanceof Type.Bool);
        return floats ? new Type.Float(null, "either" + checking.fresh()) : new Type.Unknown();
    }
}
