package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

    Builtins(Evaluator here, Builtin builtin, Calls.Given given, Span span) {
        this.here = here;
        this.builtin = builtin;
        this.given = given;
        this.span = span;
        this.values = builtin.parameters().isEmpty()
                ? new LinkedHashMap<>()
                : given.bind(builtin.text(), builtin.parameters(), span);
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
            boolean takesOpen = builtin == Builtin.PARAMS;
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
            case SUM, MEAN, MAX, MIN, ARGMAX, CUMSUM -> reduction();
            case CONCAT -> new Movements(here, span).concat(type("parts"), type("axis"), at("axis"));
            case PAD -> new Movements(here, span).pad(values);
            case REVERSE -> new Movements(here, span).reverse(type("x"), type("axis"), at("axis"));
            case IOTA ->
                size(type("n"), at("n"))
                        .<Type>map(n -> Type.Tensor.of(ElementType.I32, null, List.of(new Type.Axis(n, at("n")))))
                        .orElse(new Type.Unknown());
            case RANDOM -> random();
            case RANDOM_LIKE ->
                tensor("x")
                        .<Type>map(tensor -> tensor.withElement(ElementType.F32))
                        .orElse(new Type.Unknown());
            case NORMAL, UNIFORM -> initial();
            case SIZE -> sizeOf();
            case RANK -> tensor("x").<Type>map(this::rank).orElse(new Type.Unknown());
            case PATH -> path();
            case KNOWN_ZERO -> knownZero();
            case LEN -> length();
            case RANGE -> range();
            case ZIP -> zip();
            case PARAMS -> params();
        };
    }

    private Type type(String parameter) {
        return value(parameter).type();
    }

    private Span at(String parameter) {
        return value(parameter).span();
    }

    private Calls.Value value(String parameter) {
        Calls.@Nullable Value value = values.get(parameter);
        return value == null ? new Calls.Value(new Type.Unknown(), span) : value;
    }

    private Type wrong(String parameter, String expected) {
        return here.report(
                Code.WRONG_KIND,
                at(parameter),
                builtin.text() + ": expected " + expected + ", got "
                        + type(parameter).describe());
    }

    private Optional<Type.Tensor> tensor(String parameter) {
        if (type(parameter) instanceof Type.Tensor tensor) {
            return Optional.of(tensor);
        }
        wrong(parameter, "a tensor");
        return Optional.empty();
    }

    private Optional<Size> size(Type type, Span at) {
        if (type instanceof Type.Int constant) {
            if (constant.size().constant().orElse(0) < 0) {
                here.report(
                        Code.VIOLATED, at, builtin.text() + ": a size must not be negative, got " + constant.size());
                return Optional.empty();
            }
            return Optional.of(constant.size());
        }
        here.report(Code.NOT_CONSTANT, at, builtin.text() + ": a size must be an int constant, got " + type.describe());
        return Optional.empty();
    }

    private Type elementwise(boolean floatsOnly) {
        Type x = type("x");
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
                        : here.report(
                                Code.ELEMENT_MISMATCH,
                                at("x"),
                                builtin.text() + ": takes " + (floatsOnly ? "floats" : "numbers") + ", got "
                                        + tensor.element());
            }
            default -> wrong("x", "a tensor, a tree or a number");
        };
    }

    private Type constantResult(String key) {
        return new Type.Float(null, builtin.text() + "(" + key + ")");
    }

    private Type pairwise() {
        Type a = type("a");
        Type b = type("b");
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
        Optional<Type.Tensor> condition = tensor("condition");
        if (condition.isEmpty()) {
            return new Type.Unknown();
        }
        if (condition.get().element() != ElementType.BOOL) {
            return here.report(
                    Code.ELEMENT_MISMATCH,
                    at("condition"),
                    "where: the condition must be bool, got " + condition.get().element());
        }
        Type a = type("a");
        Type b = type("b");
        if (a.isConstant() && b.isConstant()) {
            return here.report(
                    Code.ELEMENT_MISMATCH, span, "where: one of the values must say its element type, as f32(1) does");
        }
        if (a instanceof Type.Tree || b instanceof Type.Tree) {
            return condition.get().isScalar()
                    ? new Operators(here).trees("where", a, b, span)
                    : wrong("condition", "a scalar, which chooses between trees");
        }
        Optional<Type.Tensor> values = new Operators(here).join("where", a, b, span);
        return values.flatMap(tensor ->
                        here.shapes().stretch(tensor, condition.get().withElement(tensor.element()), span, "where"))
                .<Type>map(Type.Tensor::value)
                .orElse(new Type.Unknown());
    }

    private Type stopGradient() {
        return switch (type("x")) {
            case Type.Tensor tensor -> tensor.value();
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            case Type.Tuple tuple -> tuple;
            default -> type("x").isConstant() ? type("x") : wrong("x", "a tensor or a tree");
        };
    }

    private Type cast() {
        ElementType element = ElementType.valueOf(builtin.name().toUpperCase(Locale.ROOT));
        return switch (type("x")) {
            case Type.Tensor tensor -> tensor.withElement(element);
            default -> type("x").isConstant() ? Type.Tensor.scalar(element) : wrong("x", "a tensor or a constant");
        };
    }

    // ---- reductions

    private Type reduction() {
        Optional<Type.Tensor> tensor = tensor("x");
        if (tensor.isEmpty()) {
            return new Type.Unknown();
        }
        Type.Tensor x = tensor.get();
        boolean fits =
                builtin == Builtin.MEAN ? x.element().isFloat() : x.element().isNumber();
        if (!fits) {
            return here.report(
                    Code.ELEMENT_MISMATCH,
                    at("x"),
                    builtin.text() + ": takes " + (builtin == Builtin.MEAN ? "floats" : "numbers") + ", got "
                            + x.element() + "; cast first");
        }
        ElementType element = builtin == Builtin.ARGMAX ? ElementType.I32 : x.element();
        if (!values.containsKey("axis")) {
            return Type.Tensor.scalar(element);
        }
        List<Type> axes = type("axis") instanceof Type.Tuple tuple ? tuple.items() : List.of(type("axis"));
        List<Integer> removed = new ArrayList<>();
        for (Type axis : axes) {
            Optional<Integer> position = here.shapes().axis(x, axis, at("axis"), builtin.text());
            if (position.isEmpty()) {
                return new Type.Unknown();
            }
            removed.add(position.get());
        }
        if (builtin == Builtin.CUMSUM) {
            return x.value();
        }
        List<Type.Axis> kept = new ArrayList<>();
        for (int i = 0; i < x.axes().size(); i++) {
            if (!removed.contains(i)) {
                kept.add(x.axes().get(i));
            }
        }
        return Type.Tensor.of(element, x.rest(), kept);
    }

    // ---- creation

    private Type random() {
        List<Type.Axis> axes = new ArrayList<>();
        for (Calls.Value value : given.positional()) {
            Optional<Size> size = size(value.type(), value.span());
            if (size.isEmpty()) {
                return new Type.Unknown();
            }
            axes.add(new Type.Axis(size.get(), value.span()));
        }
        return Type.Tensor.of(ElementType.F32, null, axes);
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
        return declared.withElement(ElementType.F32);
    }

    // ---- known while compiling

    private Type sizeOf() {
        return tensor("x")
                .<Type>flatMap(x -> here.shapes()
                        .axis(x, type("axis"), at("axis"), "size")
                        .map(axis -> new Type.Int(x.axes().get(axis).size())))
                .orElse(new Type.Unknown());
    }

    private Type rank(Type.Tensor tensor) {
        Size known = Size.of(tensor.axes().size());
        return new Type.Int(
                tensor.rest() == null
                        ? known
                        : known.plus(Size.of(new Atom.Opaque("rank of " + tensor.rest(), List.of()))));
    }

    private Type path() {
        boolean stored = type("w") instanceof Type.Tensor tensor && tensor.storage() != null;
        return stored ? new Type.PathOf(String.valueOf(span.start())) : wrong("w", "a stored tensor");
    }

    private Type knownZero() {
        return switch (type("x")) {
            case Type.Int constant -> new Type.Bool(constant.size().equals(Size.ZERO), "zero");
            case Type.Float constant ->
                constant.value() != null
                        ? new Type.Bool(constant.value() == 0, "zero")
                        : new Type.Bool(null, constant.key() + " == 0");
            case Type.Tensor tensor -> new Type.Bool(null, "known_zero at " + span.start());
            default -> wrong("x", "a tensor or a number");
        };
    }

    private Type length() {
        return switch (type("list")) {
            case Type.Parts parts -> new Type.Int(parts.count());
            case Type.Tuple tuple -> new Type.Int(Size.of(tuple.items().size()));
            default -> wrong("list", "a list of parts or a tuple");
        };
    }

    private Type range() {
        Optional<Size> from = size(type("from"), at("from"));
        if (from.isEmpty()) {
            return new Type.Unknown();
        }
        if (!values.containsKey("to")) {
            return new Type.Range(Size.ZERO, from.get());
        }
        return size(type("to"), at("to"))
                .<Type>map(to -> new Type.Range(from.get(), to))
                .orElse(new Type.Unknown());
    }

    private Type zip() {
        if (given.positional().isEmpty()) {
            return here.report(Code.ARGUMENT_COUNT, span, "zip: has nothing to walk");
        }
        return new Type.Zip(given.positional().stream().map(Calls.Value::type).toList());
    }

    private Type params() {
        return switch (type("instance")) {
            case Type.Part part -> new Type.Tree(part.instance().path(), StorageKind.PARAM);
            case Type.Parts parts -> new Type.Tree(parts.element().path(), StorageKind.PARAM);
            case Type.Open open -> new Type.Tree(open.path(), StorageKind.PARAM);
            default -> wrong("instance", "a model or a part");
        };
    }
}
