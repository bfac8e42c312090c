package dev.weft.dsl.lower;

import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.UnaryOperator;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Ge;
import dev.weft.graph.op.Gt;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Mod;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Not;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Or;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Operators on constants, tensors and trees. */
final class Operators {

    /** An elementwise op on operands of one type. */
    interface Pair {
        Op of(Value x, Value y);
    }

    private final Evaluator evaluator;

    Operators(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    Val unary(UnaryOperator operator, Val operand, Span span) {
        Val x = evaluator.contents(operand, span);
        if (x instanceof Val.Known known) {
            return switch (operator) {
                case NEGATE -> Constants.negate(known, span);
                case NOT -> new Val.Bool(!Constants.truth(known, "not", span));
            };
        }
        Function<Value, Op> op =
                switch (operator) {
                    case NEGATE -> Neg::new;
                    case NOT -> Not::new;
                };
        return map(x, operator.symbol(), span, value -> evaluator.trace(span).add(op.apply(value)));
    }

    Val binary(BinaryOperator operator, Val left, Val right, Span span) {
        Val a = evaluator.contents(left, span);
        Val b = evaluator.contents(right, span);
        if (a instanceof Val.Known x && b instanceof Val.Known y) {
            return Constants.binary(operator, x, y, span);
        }
        if (a instanceof Val.Text(String x) && b instanceof Val.Text(String y)) {
            return texts(operator, x, y, span);
        }
        if (operator == BinaryOperator.MATMUL) {
            Value x = evaluator.tensor(a, span);
            Value y = evaluator.tensor(b, span);
            return new Val.Tensor(new Matmul(evaluator.trace(span), span).of(x, y));
        }
        return zip(a, b, operator.symbol(), span, needsFloats(operator), pair(operator, span));
    }

    private static boolean needsFloats(BinaryOperator operator) {
        return operator == BinaryOperator.DIVIDE || operator == BinaryOperator.POWER;
    }

    private static Pair pair(BinaryOperator operator, Span span) {
        return switch (operator) {
            case ADD -> Add::new;
            case SUBTRACT -> Sub::new;
            case MULTIPLY -> Mul::new;
            case DIVIDE -> Div::new;
            case REMAINDER -> Mod::new;
            case POWER -> Pow::new;
            case LESS -> Lt::new;
            case LESS_EQUAL -> Le::new;
            case GREATER -> Gt::new;
            case GREATER_EQUAL -> Ge::new;
            case EQUAL -> Eq::new;
            case NOT_EQUAL -> Ne::new;
            case AND -> And::new;
            case OR -> Or::new;
            case MATMUL -> throw Refusal.at(span, "@: is not elementwise");
        };
    }

    private static Val texts(BinaryOperator operator, String x, String y, Span span) {
        return switch (operator) {
            case EQUAL -> new Val.Bool(x.equals(y));
            case NOT_EQUAL -> new Val.Bool(!x.equals(y));
            default -> throw Refusal.at(span, "%s: paths can be compared with == and != only", operator.symbol());
        };
    }

    /** An op on each tensor of a tensor or a tree. */
    static Val map(Val x, String subject, Span span, Function<Value, Value> op) {
        if (x instanceof Val.Tensor(Value value, String _)) {
            return new Val.Tensor(op.apply(value));
        }
        if (x instanceof Val.Tree(Map<String, Val> leaves)) {
            Map<String, Val> mapped = new LinkedHashMap<>();
            leaves.forEach((path, leaf) -> mapped.put(path, map(leaf, subject, span, op)));
            return new Val.Tree(mapped);
        }
        throw Refusal.at(span, "%s: must have a tensor or a tree of tensors, got %s", subject, x.describe());
    }

    /** An elementwise op on what stretches: constants, tensors, equal trees, a tree and a scalar. */
    Val zip(Val a, Val b, String subject, Span span, boolean floats, Pair op) {
        if (a instanceof Val.Tree(Map<String, Val> x)) {
            Map<String, Val> zipped = new LinkedHashMap<>();
            Map<String, Val> y = b instanceof Val.Tree(Map<String, Val> other) ? other : Map.of();
            if (b instanceof Val.Tree && !List.copyOf(x.keySet()).equals(List.copyOf(y.keySet()))) {
                throw Refusal.at(
                        span, "%s: trees must have the same paths, got %s and %s", subject, a.describe(), b.describe());
            }
            x.forEach((path, leaf) -> zipped.put(path, zip(leaf, y.getOrDefault(path, b), subject, span, floats, op)));
            return new Val.Tree(zipped);
        }
        if (b instanceof Val.Tree(Map<String, Val> y)) {
            Map<String, Val> zipped = new LinkedHashMap<>();
            y.forEach((path, leaf) -> zipped.put(path, zip(a, leaf, subject, span, floats, op)));
            return new Val.Tree(zipped);
        }
        List<Value> operands = stretched(List.of(a, b), subject, span);
        if (floats && !operands.getFirst().type().element().isFloat()) {
            throw Refusal.at(span, "%s: must have floats, got %s and %s", subject, a.describe(), b.describe());
        }
        return new Val.Tensor(evaluator.trace(span).add(op.of(operands.get(0), operands.get(1))));
    }

    /** Operands, at least one of them a tensor, brought to one type. */
    List<Value> stretched(List<Val> operands, String subject, Span span) {
        ElementType element = null;
        Shape shape = Shape.SCALAR;
        for (Val operand : operands) {
            if (operand instanceof Val.Tensor(Value value, String _)) {
                if (element != null && value.type().element() != element) {
                    throw Refusal.at(
                            span,
                            "%s: both sides must have one element type, got %s and %s; cast with %s(…)",
                            subject,
                            element,
                            value.type().element(),
                            element);
                }
                element = value.type().element();
                shape = Emit.join(shape, value.type().shape(), subject, span);
            } else if (!(operand instanceof Val.Known)) {
                throw Refusal.at(span, "%s: must have tensors or constants, got %s", subject, operand.describe());
            }
        }
        if (element == null) {
            throw Refusal.at(span, "%s: must have a tensor among its operands", subject);
        }
        Trace trace = evaluator.trace(span);
        List<Value> values = new ArrayList<>(operands.size());
        for (Val operand : operands) {
            Value value = operand instanceof Val.Known known
                    ? Emit.scalar(trace, known, element, span)
                    : evaluator.tensor(operand, span);
            values.add(Emit.stretch(trace, value, shape, subject, span));
        }
        return values;
    }
}
