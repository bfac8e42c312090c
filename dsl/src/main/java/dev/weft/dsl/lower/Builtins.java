package dev.weft.dsl.lower;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Cos;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Floor;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Log;
import dev.weft.graph.op.Max;
import dev.weft.graph.op.Min;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reverse;
import dev.weft.graph.op.Round;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sign;
import dev.weft.graph.op.Sin;
import dev.weft.graph.op.Sqrt;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Calls of the functions of the language itself. */
final class Builtins {

    private final Evaluator evaluator;
    private final Builtin function;
    private final BuiltinArguments given;
    private final Span span;

    /** @param arguments by position, missing ones that have a default filled in, see {@link #parameters} */
    Builtins(Evaluator evaluator, Builtin function, List<Val> arguments, Span span) {
        this.evaluator = evaluator;
        this.function = function;
        this.given = new BuiltinArguments(evaluator, function, arguments, span);
        this.span = span;
    }

    static Optional<Val> find(String name) {
        return switch (name) {
            case "inf" -> Optional.of(new Val.Real(Double.POSITIVE_INFINITY));
            case "pi" -> Optional.of(new Val.Real(Math.PI));
            default -> Builtin.of(name).map(Val.Function::new);
        };
    }

    static List<String> names() {
        return Stream.concat(
                        Stream.of("inf", "pi"), Arrays.stream(Builtin.values()).map(Builtin::text))
                .toList();
    }

    /** Names of the parameters, for arguments by name; what is missing has no name to be given by. */
    static List<String> parameters(Builtin function) {
        return switch (function) {
            case EXP, LOG, SQRT, TANH, ERF, SIN, COS, ABS, FLOOR, ROUND, SIGN -> List.of("x");
            case F32, I32, BOOL, BF16, F16, F64, I64, I8, U8, STOP_GRADIENT, RANDOM_LIKE, RANK, KNOWN_ZERO ->
                List.of("x");
            case MAXIMUM, MINIMUM -> List.of("a", "b");
            case WHERE -> List.of("c", "a", "b");
            case SUM, MEAN, MAX, MIN, ARGMAX, CUMSUM, REVERSE, SIZE -> List.of("x", "axis");
            case CONCAT -> List.of("parts", "axis");
            case PAD -> List.of("x", "axis", "before", "after", "value");
            case IOTA -> List.of("n");
            case NORMAL -> List.of("std");
            case UNIFORM -> List.of("low", "high");
            case PATH -> List.of("w");
            case LEN -> List.of("list");
            case PARAMS, STATES -> List.of("m");
            case ZEROS, RANDOM, RANGE, ZIP -> List.of();
        };
    }

    Val call() {
        return switch (function) {
            case EXP, LOG, SQRT, TANH, ERF, SIN, COS, ABS, FLOOR, ROUND, SIGN -> elementwise();
            case STOP_GRADIENT -> stopGradient(given.one());
            case MAXIMUM, MINIMUM -> larger(function == Builtin.MAXIMUM);
            case WHERE -> where();
            case F32, I32, BOOL, BF16, F16, F64, I64, I8, U8 -> cast(ElementType.parse(function.text()));
            case SUM, MEAN, MAX, MIN -> new Val.Tensor(reduce());
            case ARGMAX -> new Val.Tensor(trace().add(new ArgMax(given.tensor(0), given.axis(1, given.tensor(0)))));
            case CUMSUM ->
                new Val.Tensor(trace().add(new CumulativeSum(given.tensor(0), given.axis(1, given.tensor(0)))));
            case REVERSE -> new Val.Tensor(trace().add(new Reverse(given.tensor(0), given.axes(1, given.tensor(0)))));
            case CONCAT -> new Val.Tensor(concat());
            case PAD -> new Val.Tensor(pad());
            case IOTA -> new Val.Tensor(trace().add(new Iota(new Shape(List.of(given.dim(0))), 0, ElementType.I32)));
            case ZEROS ->
                new Val.Tensor(
                        Emit.full(trace(), new Val.Int(0), new TensorType(ElementType.F32, given.sizes()), span));
            case RANDOM -> new Val.Tensor(random(given.sizes()));
            case RANDOM_LIKE -> new Val.Tensor(random(given.tensor(0).type().shape()));
            case NORMAL -> new Val.Tensor(normal());
            case UNIFORM -> new Val.Tensor(uniform());
            case SIZE -> new Val.Int(given.tensor(0).type().size(given.axis(1, given.tensor(0))));
            case RANK -> new Val.Int(given.tensor(0).type().rank());
            case PATH -> path();
            case KNOWN_ZERO -> new Val.Bool(knownZero(given.one()));
            case LEN -> new Val.Int(evaluator.elements(given.argument(0), span).size());
            case RANGE -> range();
            case ZIP -> zip();
            case PARAMS -> new Val.Tree(leaves(given.argument(0), StorageKind.PARAM));
            case STATES -> new Val.Tree(leaves(given.argument(0), StorageKind.STATE));
        };
    }

    private Trace trace() {
        return evaluator.trace(span);
    }

    private Val elementwise() {
        Val x = given.one();
        if (x instanceof Val.Known known) {
            return Constants.unary(function, known, span);
        }
        Function<Value, Op> op =
                switch (function) {
                    case EXP -> Exp::new;
                    case LOG -> Log::new;
                    case SQRT -> Sqrt::new;
                    case TANH -> Tanh::new;
                    case ERF -> Erf::new;
                    case SIN -> Sin::new;
                    case COS -> Cos::new;
                    case ABS -> Abs::new;
                    case FLOOR -> Floor::new;
                    case ROUND -> Round::new;
                    case SIGN -> Sign::new;
                    default -> throw new IllegalStateException(function + " is not elementwise");
                };
        return Operators.map(x, function.text(), span, value -> trace().add(op.apply(value)));
    }

    private Val stopGradient(Val x) {
        return switch (x) {
            case Val.Known known -> known;
            case Val.Tuple(List<Val> items) ->
                new Val.Tuple(items.stream().map(this::stopGradient).toList());
            default -> Operators.map(x, function.text(), span, value -> trace().add(new StopGradient(value)));
        };
    }

    private Val larger(boolean larger) {
        Val a = evaluator.contents(given.argument(0), span);
        Val b = evaluator.contents(given.argument(1), span);
        if (a instanceof Val.Known x && b instanceof Val.Known y) {
            return Constants.larger(x, y, larger, span);
        }
        return new Operators(evaluator).zip(a, b, function.text(), span, false, larger ? Max::new : Min::new);
    }

    private Val where() {
        Val condition = evaluator.contents(given.argument(0), span);
        Val a = evaluator.contents(given.argument(1), span);
        Val b = evaluator.contents(given.argument(2), span);
        if (condition instanceof Val.Known known) {
            return Constants.truth(known, "where", span) ? a : b;
        }
        return where(evaluator.tensor(condition, span), a, b);
    }

    /** Leaf by leaf where one of the branches is a tree. */
    private Val where(Value test, Val a, Val b) {
        if (a instanceof Val.Tree || b instanceof Val.Tree) {
            Map<String, Val> x = a instanceof Val.Tree(Map<String, Val> leaves) ? leaves : Map.of();
            Map<String, Val> y = b instanceof Val.Tree(Map<String, Val> leaves) ? leaves : Map.of();
            Map<String, Val> chosen = new LinkedHashMap<>();
            for (String path : x.isEmpty() ? y.keySet() : x.keySet()) {
                chosen.put(path, where(test, x.getOrDefault(path, a), y.getOrDefault(path, b)));
            }
            return new Val.Tree(chosen);
        }
        List<Val> branches = new ArrayList<>(List.of(a, b));
        if (a instanceof Val.Known x && b instanceof Val.Known y) {
            ElementType element = element(x, y);
            branches.replaceAll(known -> new Val.Tensor(Emit.scalar(trace(), (Val.Known) known, element, span)));
        }
        List<Value> stretched = new Operators(evaluator).stretched(branches, "where", span);
        Shape shape = Emit.join(test.type().shape(), stretched.getFirst().type().shape(), "where", span);
        List<Value> all = Stream.concat(Stream.of(test), stretched.stream())
                .map(value -> Emit.stretch(trace(), value, shape, "where", span))
                .toList();
        return new Val.Tensor(trace().add(new Select(all.get(0), all.get(1), all.get(2))));
    }

    private static ElementType element(Val.Known a, Val.Known b) {
        if (a instanceof Val.Bool) {
            return ElementType.BOOL;
        }
        return a instanceof Val.Int && b instanceof Val.Int ? ElementType.I32 : ElementType.F32;
    }

    private Val cast(ElementType element) {
        Val x = given.one();
        if (x instanceof Val.Known known) {
            double value = known instanceof Val.Bool(boolean truth)
                    ? (truth ? 1 : 0)
                    : Constants.number(known, element.toString(), span);
            if (element.isInteger()) {
                value = value < 0 ? Math.ceil(value) : Math.floor(value);
            }
            return new Val.Tensor(
                    trace().add(new Constant(element, element == ElementType.BOOL && value != 0 ? 1 : value)));
        }
        return Operators.map(x, function.text(), span, value -> Emit.cast(trace(), value, element));
    }

    private Value reduce() {
        Value x = given.tensor(0);
        List<Integer> axes = given.axes(1, x);
        return switch (function) {
            case SUM -> trace().add(new ReduceSum(x, axes));
            case MAX -> trace().add(new ReduceMax(x, axes));
            case MIN -> trace().add(new ReduceMin(x, axes));
            case MEAN -> {
                long count = axes.stream().mapToLong(x.type()::size).reduce(1, Math::multiplyExact);
                Value total = trace().add(new ReduceSum(x, axes));
                yield trace().add(new Div(total, Emit.full(trace(), new Val.Int(count), total.type(), span)));
            }
            default -> throw new IllegalStateException(function + " is no reduction");
        };
    }

    private Value concat() {
        List<Value> parts = evaluator.elements(given.argument(0), span).stream()
                .map(part -> evaluator.tensor(part, span))
                .toList();
        if (parts.isEmpty()) {
            throw Refusal.at(span, "concat: must have at least one part");
        }
        return trace().add(new Concat(parts, given.axis(1, parts.getFirst())));
    }

    private Value pad() {
        Value x = given.tensor(0);
        int axis = given.axis(1, x);
        double fill = given.count() > 4 && given.argument(4) instanceof Val.Known known
                ? Constants.number(known, "pad", span)
                : 0;
        return trace().add(new Pad(
                x, only(x, axis, given.integer(2)), only(x, axis, given.integer(3)), only(x, axis, 0), fill));
    }

    private static List<Long> only(Value x, int axis, long value) {
        return LongStream.range(0, x.type().rank())
                .map(i -> i == axis ? value : 0)
                .boxed()
                .toList();
    }

    private Value random(Shape shape) {
        Trace trace = trace();
        return trace.random(shape);
    }

    /** The type of the storage that gets this initial value. */
    private TensorType initial() {
        TensorType type = trace().initial();
        if (type == null) {
            throw Refusal.at(span, "%s: only gives initial values of storage; use random(…)", function.text());
        }
        return type;
    }

    /** Box, Muller, "A Note on the Generation of Random Normal Deviates", 1958: {@code std · √(−2 ln(1 − u)) · cos(2π v)}. */
    private Value normal() {
        TensorType type = initial();
        Value u = random(type.shape());
        Value v = random(type.shape());
        Trace trace = trace();
        Value rest = trace.add(new Sub(number(1, u), u));
        Value radius = trace.add(new Sqrt(trace.add(new Mul(number(-2, u), trace.add(new Log(rest))))));
        Value turn = trace.add(new Cos(trace.add(new Mul(number(2 * Math.PI, v), v))));
        Value unit = trace.add(new Mul(radius, turn));
        return Emit.cast(trace, trace.add(new Mul(number(given.real(0), u), unit)), type.element());
    }

    private Value uniform() {
        TensorType type = initial();
        Value u = random(type.shape());
        Trace trace = trace();
        Value spread = trace.add(new Mul(number(given.real(1) - given.real(0), u), u));
        return Emit.cast(trace, trace.add(new Add(number(given.real(0), u), spread)), type.element());
    }

    private Value number(double value, Value like) {
        return Emit.full(trace(), new Val.Real(value), like.type(), span);
    }

    private Val path() {
        return switch (given.argument(0)) {
            case Val.Place(Leaf leaf) -> new Val.Text(leaf.name());
            case Val.Tensor(Value _, String path) when path != null -> new Val.Text(path);
            default ->
                throw Refusal.at(
                        span,
                        "path: must have storage or a leaf of a tree, got %s",
                        given.argument(0).describe());
        };
    }

    private static boolean knownZero(Val x) {
        return switch (x) {
            case Val.Int(long value) -> value == 0;
            case Val.Real(double value) -> value == 0;
            case Val.Tensor(Value value, String _) ->
                value.op() instanceof Constant(ElementType _, double number) && number == 0;
            default -> false;
        };
    }

    private Val range() {
        long from = given.count() > 1 ? given.integer(0) : 0;
        long to = given.integer(given.count() > 1 ? 1 : 0);
        if (to - from > Evaluator.COPIES) {
            throw Refusal.at(span, "range: must have at most %,d numbers, got %,d", Evaluator.COPIES, to - from);
        }
        return new Val.Tuple(
                LongStream.range(from, to).<Val>mapToObj(Val.Int::new).toList());
    }

    private Val zip() {
        List<List<Val>> columns = given.all().stream()
                .map(argument -> evaluator.elements(argument, span))
                .toList();
        if (columns.isEmpty() || columns.stream().map(List::size).distinct().count() != 1) {
            throw Refusal.at(
                    span,
                    "zip: must have things of equal length, got %s",
                    columns.stream().map(List::size).toList());
        }
        return new Val.Tuple(IntStream.range(0, columns.getFirst().size())
                .<Val>mapToObj(i -> new Val.Tuple(
                        columns.stream().map(column -> column.get(i)).toList()))
                .toList());
    }

    /** What an instance or a list of them stores of one kind, by name, without the params of frozen parts. */
    private Map<String, Val> leaves(Val of, StorageKind kind) {
        Map<String, Val> leaves = new LinkedHashMap<>();
        switch (of) {
            case Val.Part(Instance instance) ->
                instance.leaves().stream()
                        .filter(leaf -> leaf.kind() == kind && !(kind == StorageKind.PARAM && leaf.frozen()))
                        .forEach(leaf -> leaves.put(relative(leaf, instance), new Val.Place(leaf)));
            case Val.Tuple(List<Val> items) -> {
                for (int i = 0; i < items.size(); i++) {
                    String number = i + ".";
                    leaves(items.get(i), kind).forEach((path, leaf) -> leaves.put(number + path, leaf));
                }
            }
            default -> throw Refusal.at(span, "%s: must have an instance, got %s", function.text(), of.describe());
        }
        return leaves;
    }

    private static String relative(Leaf leaf, Instance root) {
        return root.path().isEmpty()
                ? leaf.name()
                : leaf.name().substring(root.path().length() + 1);
    }
}
