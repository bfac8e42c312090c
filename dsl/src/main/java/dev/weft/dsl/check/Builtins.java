package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call of a built-in function. */
final class Builtins {
    private final Evaluator here;
    private final Builtin builtin;
    private final Calls.Given given;
    private final Span span;
    private final Map<String, Calls.Value> values;
    private final BuiltinCall call;

    Builtins(Evaluator here, Builtin builtin, Calls.Given given, Span span) {
        this.here = here;
        this.builtin = builtin;
        this.given = given;
        this.span = span;
        this.call = BuiltinCall.of(here, builtin, given, span);
        this.values = call.values();
    }

    Type call() {
        if (builtin.parameters().isEmpty() && !given.named().isEmpty()) {
            String name = given.named().keySet().iterator().next();
            return here.report(
                    Code.UNKNOWN_ARGUMENT,
                    given.names().getOrDefault(name, span),
                    builtin.text() + ": takes no arguments by name, got " + name);
        }
        for (String parameter : builtin.parameters().subList(0, builtin.required())) {
            if (!values.containsKey(parameter)) {
                return given.open()
                        ? new Type.Unknown()
                        : here.report(Code.ARGUMENT_COUNT, span, builtin.text() + ": has no argument for " + parameter);
            }
        }
        for (Calls.Value value : builtin.parameters().isEmpty() ? given.positional() : values.values()) {
            // A tree of a model that is not bound yet is still a tree.
            boolean takesOpen = builtin == Builtin.PARAMS || builtin == Builtin.STATES;
            if (value.type() instanceof Type.Unknown || value.type() instanceof Type.Open && !takesOpen) {
                return new Type.Unknown();
            }
        }
        return switch (builtin) {
            case EXP, LOG, SQRT, TANH, ERF, SIN, COS, FLOOR, ROUND -> elementwise(true);
            case ABS, SIGN -> elementwise(false);
            case MAXIMUM, MINIMUM -> pairwise();
            case WHERE -> where();
            case STOP_GRADIENT -> stopGradient();
            case F32, I32, BOOL, BF16, F16, F64, I64, I8, U8 -> cast();
            case SUM, MEAN, MAX, MIN, ARGMAX, CUMSUM -> new Reductions(call).reduce();
            case CONCAT -> new Movements(here, span).concat(call.type("parts"), call.type("axis"), call.at("axis"));
            case PAD -> new Movements(here, span).pad(values);
            case REVERSE -> new Movements(here, span).reverse(call.type("x"), call.type("axis"), call.at("axis"));
            case IOTA ->
                call.size(call.type("n"), call.at("n"))
                        .<Type>map(n ->
                                Type.Tensor.of(ElementType.I32, span, null, List.of(new Type.Axis(n, call.at("n")))))
                        .orElse(new Type.Unknown());
            case ZEROS, RANDOM -> sized();
            case RANDOM_LIKE ->
                call.tensor("x")
                        .<Type>map(tensor -> tensor.withElement(ElementType.F32, span))
                        .orElse(new Type.Unknown());
            case NORMAL, UNIFORM -> initial();
            case SIZE -> new KnownValues(call).sizeOf();
            case RANK -> new KnownValues(call).rank();
            case PATH -> new KnownValues(call).path();
            case KNOWN_ZERO -> new KnownValues(call).knownZero();
            case LEN -> new KnownValues(call).length();
            case RANGE -> new KnownValues(call).range();
            case ZIP -> new KnownValues(call).zip();
            case PARAMS -> new KnownValues(call).params();
            case STATES -> new KnownValues(call).states();
        };
    }

    private Type elementwise(boolean floatsOnly) {
        Type x = call.type("x");
        return switch (x) {
            case Type.Int constant ->
                floatsOnly ? constantResult(constant.size().toString()) : x;
            case Type.Float constant -> constantResult(constant.key());
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            case Type.Tensor tensor -> {
                boolean fits = floatsOnly
                        ? tensor.element().isFloat()
                        : tensor.element().isNumber();
                yield fits
                        ? tensor.value()
                        : here.elements(
                                call.at("x"),
                                builtin.text() + ": takes " + (floatsOnly ? "floats" : "numbers") + ", got "
                                        + tensor.element(),
                                tensor);
            }
            default -> call.wrong("x", "a tensor, a tree or a number");
        };
    }

    private Type constantResult(String key) {
        return new Type.Float(null, builtin.text() + "(" + key + ")");
    }

    private Type pairwise() {
        Type a = call.type("a");
        Type b = call.type("b");
        if (a instanceof Type.Int x && b instanceof Type.Int y) {
            return new Type.Int(Size.of(new Atom.Opaque(builtin.text(), List.of(x.size(), y.size()))));
        }
        boolean constants = a.isConstant() && b.isConstant();
        if (constants && !(a instanceof Type.Bool) && !(b instanceof Type.Bool)) {
            return new Type.Float(null, builtin.text() + "(" + a.describe() + ", " + b.describe() + ")");
        }
        if (a instanceof Type.Tree || b instanceof Type.Tree) {
            return new Operators(here).trees(builtin.text(), a, b, span);
        }
        Operators operators = new Operators(here);
        return operators
                .join(builtin.text(), a, b, span)
                .flatMap(joined -> operators.number(joined, builtin.text(), span))
                .<Type>map(Type.Tensor::value)
                .orElse(new Type.Unknown());
    }

    private Type where() {
        Optional<Type.Tensor> condition = call.tensor("condition");
        if (condition.isEmpty()) {
            return new Type.Unknown();
        }
        if (condition.get().element() != ElementType.BOOL) {
            return here.elements(
                    call.at("condition"),
                    "where: the condition must be bool, got " + condition.get().element(),
                    condition.get());
        }
        Type a = call.type("a");
        Type b = call.type("b");
        if (a.isConstant() && b.isConstant()) {
            return here.report(
                    Code.ELEMENT_MISMATCH, span, "where: one of the values must say its element type, as f32(1) does");
        }
        if (a instanceof Type.Tree || b instanceof Type.Tree) {
            return condition.get().isScalar()
                    ? new Operators(here).trees("where", a, b, span)
                    : call.wrong("condition", "a scalar, which chooses between trees");
        }
        Optional<Type.Tensor> values = new Operators(here).join("where", a, b, span);
        return values.flatMap(tensor -> here.shapes()
                        .stretch(tensor, condition.get().withElement(tensor.element(), tensor.origin()), span, "where"))
                .<Type>map(Type.Tensor::value)
                .orElse(new Type.Unknown());
    }

    private Type stopGradient() {
        return switch (call.type("x")) {
            case Type.Tensor tensor -> tensor.value();
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            case Type.Tuple tuple -> tuple;
            default -> call.type("x").isConstant() ? call.type("x") : call.wrong("x", "a tensor or a tree");
        };
    }

    private Type cast() {
        ElementType element = ElementType.valueOf(builtin.name().toUpperCase(Locale.ROOT));
        return switch (call.type("x")) {
            case Type.Tensor tensor -> tensor.withElement(element, span);
            default ->
                call.type("x").isConstant()
                        ? Type.Tensor.scalar(element, span)
                        : call.wrong("x", "a tensor or a constant");
        };
    }

    // ---- creation

    private Type sized() {
        List<Type.Axis> axes = new ArrayList<>();
        for (Calls.Value value : given.positional()) {
            Optional<Size> size = call.size(value.type(), value.span());
            if (size.isEmpty()) {
                return new Type.Unknown();
            }
            axes.add(new Type.Axis(size.get(), value.span()));
        }
        return Type.Tensor.of(ElementType.F32, span, null, axes);
    }

    private Type initial() {
        Type.@Nullable Tensor declared = here.initial();
        if (declared == null) {
            return here.report(Diagnostic.error(Code.INITIAL, span, builtin.text() + ": gives initial values only")
                    .help("random(n, …) and random_like(x) give numbers anywhere"));
        }
        for (Calls.Value value : values.values()) {
            if (!(value.type() instanceof Type.Int) && !(value.type() instanceof Type.Float)) {
                return here.report(
                        Code.NOT_CONSTANT,
                        value.span(),
                        builtin.text() + ": must be a number constant, got "
                                + value.type().describe());
            }
        }
        return declared.withElement(ElementType.F32, span);
    }
}
