package dev.weft.dsl.check;

import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Size;
import dev.weft.graph.PathPattern;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operators on constants, tensors and trees. */
final class Operators {
    /** Beyond this a power of a symbol stays a power, and is not multiplied out. */
    private static final int HIGHEST_POWER = 8;

    private final Evaluator here;

    Operators(Evaluator here) {
        this.here = here;
    }

    Type unary(Expr.Unary unary) {
        Type operand = here.value(unary.operand());
        return switch (unary.operator()) {
            case NEGATE -> negate(operand, unary.span());
            case NOT -> not(operand, unary);
        };
    }

    private Type negate(Type operand, Span span) {
        return switch (operand) {
            case Type.Int constant -> new Type.Int(constant.size().negated());
            case Type.Float constant ->
                new Type.Float(constant.value() == null ? null : -constant.value(), "-" + constant.key());
            case Type.Tensor tensor ->
                number(tensor, "-", span).<Type>map(Type.Tensor::value).orElse(new Type.Unknown());
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            default -> operand.isUnknown() ? operand : wrong("-", operand, span);
        };
    }

    private Type not(Type operand, Expr.Unary unary) {
        return switch (operand) {
            case Type.Bool constant ->
                constant.value() != null
                        ? new Type.Bool(!constant.value(), "not " + constant.key())
                        : new Type.Bool(null, "not (" + constant.key() + ")");
            case Type.Tensor tensor ->
                tensor.element() == ElementType.BOOL
                        ? tensor.value()
                        : here.elements(unary.span(), "not: must be bool, got " + tensor.element(), tensor);
            default -> operand.isUnknown() ? operand : wrong("not", operand, unary.span());
        };
    }

    private Type wrong(String operator, Type operand, Span span) {
        return here.report(
                Code.WRONG_KIND, span, operator + ": expected a tensor or a constant, got " + operand.describe());
    }

    Type binary(Expr.Binary binary) {
        return binary(binary.operator(), here.value(binary.left()), here.value(binary.right()), binary.span());
    }

    Type binary(BinaryOperator operator, Type left, Type right, Span span) {
        if (left.isUnknown() || right.isUnknown()) {
            return new Type.Unknown();
        }
        String symbol = operator.symbol();
        if (left instanceof Type.PathOf a && right instanceof Type.PathOf b) {
            return new Type.Bool(null, a.key() + symbol + b.key());
        }
        for (Type side : List.of(left, right)) {
            if (!side.isConstant() && !(side instanceof Type.Tensor) && !(side instanceof Type.Tree)) {
                return wrong(symbol, side, span);
            }
        }
        if (left.isConstant() && right.isConstant()) {
            return constants(operator, left, right, span);
        }
        if (left instanceof Type.Tree || right instanceof Type.Tree) {
            if (operator.isComparison() || operator.isLogic() || operator == BinaryOperator.MATMUL) {
                String sentence = symbol + ": takes tensors, got a tree; use a for over its leaves";
                return here.report(Code.WRONG_KIND, span, sentence);
            }
            return trees(symbol, left, right, span);
        }
        if (operator == BinaryOperator.MATMUL) {
            return left instanceof Type.Tensor a && right instanceof Type.Tensor b
                    ? here.shapes().matmul(a, b, span)
                    : wrong(symbol, left.isConstant() ? left : right, span);
        }
        return elementwise(operator, left, right, span);
    }

    /** Known when the model is; until then a truth that goes both ways. */
    Type inPaths(Expr.InPaths in) {
        Type path = here.value(in.path());
        if (path instanceof Type.PathOf known) {
            String patterns = in.patterns().stream().map(PathPattern::toString).collect(Collectors.joining(", "));
            return new Type.Bool(null, known.key() + " in [" + patterns + "]");
        }
        if (path.isUnknown()) {
            return new Type.Unknown();
        }
        boolean stored = path instanceof Type.Tensor tensor && tensor.storage() != null;
        Diagnostic wrong = Diagnostic.error(
                Code.WRONG_KIND, in.path().span(), "in: expected a path on the left, got " + path.describe());
        String text = in.path().span().text();
        return here.report(
                stored
                        ? wrong.help(
                                "the path of a stored tensor is path(" + text + ")",
                                in.path().span(),
                                "path(" + text + ")")
                        : wrong.help("the path of a stored tensor w is path(w)"));
    }

    /** Leaf by leaf: two equal trees, or a tree and a scalar. */
    Type trees(String symbol, Type left, Type right, Span span) {
        if (left instanceof Type.Tree a && right instanceof Type.Tree b) {
            return a.of().equals(b.of())
                    ? new Type.Tree(a.of(), null)
                    : here.report(
                            Code.WRONG_KIND,
                            span,
                            symbol + ": trees must be alike, got " + a.describe() + " and " + b.describe());
        }
        Type other = left instanceof Type.Tree ? right : left;
        Type tree = left instanceof Type.Tree ? left : right;
        boolean scalar = other.isConstant() || other instanceof Type.Tensor tensor && tensor.isScalar();
        if (!scalar) {
            return here.report(
                    Code.WRONG_KIND,
                    span,
                    symbol + ": a tree goes with a like tree or a scalar, got " + other.describe());
        }
        return new Type.Tree(((Type.Tree) tree).of(), null);
    }

    private Type elementwise(BinaryOperator operator, Type left, Type right, Span span) {
        Optional<Type.Tensor> joined = join(operator.symbol(), left, right, span);
        if (joined.isEmpty()) {
            return new Type.Unknown();
        }
        Type.Tensor tensor = joined.get();
        if (operator.isLogic() && tensor.element() != ElementType.BOOL) {
            return here.elements(span, operator.symbol() + ": must be bool, got " + tensor.element(), tensor);
        }
        boolean calculus = operator == BinaryOperator.DIVIDE || operator == BinaryOperator.POWER;
        if (calculus && !tensor.element().isFloat()) {
            return here.report(Describe.origins(
                            Diagnostic.error(
                                    Code.ELEMENT_MISMATCH,
                                    span,
                                    operator.symbol() + ": takes floats, got " + tensor.element()),
                            tensor)
                    .help("cast with f32(…) first"));
        }
        boolean equality = operator == BinaryOperator.EQUAL || operator == BinaryOperator.NOT_EQUAL;
        if (!operator.isLogic()
                && !equality
                && number(tensor, operator.symbol(), span).isEmpty()) {
            return new Type.Unknown();
        }
        return operator.isComparison() ? tensor.withElement(ElementType.BOOL, span) : tensor;
    }

    /** What two operands stretch to; a constant takes the element type of the tensor. */
    Optional<Type.Tensor> join(String symbol, Type left, Type right, Span span) {
        if (left instanceof Type.Tensor a && right instanceof Type.Tensor b) {
            if (a.element() != b.element()) {
                here.report(Describe.origins(
                                Diagnostic.error(
                                        Code.ELEMENT_MISMATCH,
                                        span,
                                        symbol + ": element types must be equal, got " + a.element() + " and "
                                                + b.element()),
                                a,
                                b)
                        .help("cast one side: " + (a.element().isFloat() ? a.element() : b.element()) + "(…)"));
                return Optional.empty();
            }
            return here.shapes().stretch(a, b, span, symbol);
        }
        Type constant = left instanceof Type.Tensor ? right : left;
        Type other = left instanceof Type.Tensor ? left : right;
        if (!(other instanceof Type.Tensor tensor) || !constant.isConstant()) {
            wrong(symbol, other instanceof Type.Tensor ? constant : other, span);
            return Optional.empty();
        }
        if (!adopts(constant, tensor.element())) {
            here.elements(
                    span, symbol + ": " + constant.describe() + " cannot be an element of " + tensor.element(), tensor);
            return Optional.empty();
        }
        return Optional.of(tensor.value());
    }

    /** Whether a constant can become an element of this type. */
    static boolean adopts(Type constant, ElementType element) {
        return switch (constant) {
            case Type.Int number -> element.isNumber();
            case Type.Float number -> element.isFloat();
            case Type.Bool truth -> element == ElementType.BOOL;
            default -> false;
        };
    }

    Optional<Type.Tensor> number(Type.Tensor tensor, String symbol, Span span) {
        if (tensor.element().isNumber()) {
            return Optional.of(tensor);
        }
        here.elements(span, symbol + ": takes numbers, got " + tensor.element() + "; cast with f32(…)", tensor);
        return Optional.empty();
    }

    // ---- constants

    private Type constants(BinaryOperator operator, Type left, Type right, Span span) {
        if (operator == BinaryOperator.MATMUL) {
            return wrong("@", left, span);
        }
        boolean bools = left instanceof Type.Bool || right instanceof Type.Bool;
        boolean equality = operator == BinaryOperator.EQUAL || operator == BinaryOperator.NOT_EQUAL;
        boolean sameKind = left instanceof Type.Bool == right instanceof Type.Bool;
        if (!sameKind || operator.isLogic() != bools && !(bools && equality)) {
            return here.report(
                    Code.WRONG_KIND,
                    span,
                    operator.symbol() + ": does not go with " + left.describe() + " and " + right.describe());
        }
        if (operator.isComparison() || operator.isLogic()) {
            return truth(operator, left, right);
        }
        if (left instanceof Type.Int a && right instanceof Type.Int b) {
            return ints(operator, a.size(), b.size(), span);
        }
        return new Type.Float(
                value(operator, left, right), "(" + key(left) + " " + operator.symbol() + " " + key(right) + ")");
    }

    private Type truth(BinaryOperator operator, Type left, Type right) {
        String key = key(left) + " " + operator.symbol() + " " + key(right);
        if (left instanceof Type.Int a && right instanceof Type.Int b) {
            Condition condition = Conditions.ints(operator, a.size(), b.size());
            Facts.Answer answer = here.knowledge().answer(condition);
            return answer == Facts.Answer.UNKNOWN
                    ? new Type.Bool(null, here.knowledge().key(condition))
                    : new Type.Bool(answer == Facts.Answer.YES, key);
        }
        if (left instanceof Type.Bool a && right instanceof Type.Bool b && a.value() != null && b.value() != null) {
            boolean result =
                    switch (operator) {
                        case AND -> a.value() && b.value();
                        case OR -> a.value() || b.value();
                        case EQUAL -> a.value().equals(b.value());
                        default -> !a.value().equals(b.value());
                    };
            return new Type.Bool(result, key);
        }
        return new Type.Bool(null, key);
    }

    private static String key(Type constant) {
        return switch (constant) {
            case Type.Int number -> number.size().toString();
            case Type.Float number -> number.key();
            case Type.Bool truth -> truth.key();
            default -> constant.describe();
        };
    }

    private Type ints(BinaryOperator operator, Size a, Size b, Span span) {
        return switch (operator) {
            case ADD -> new Type.Int(a.plus(b));
            case SUBTRACT -> new Type.Int(a.minus(b));
            case MULTIPLY -> new Type.Int(a.times(b));
            case DIVIDE -> quotient(a, b, span);
            case REMAINDER -> remainder(a, b);
            case POWER -> power(a, b);
            case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR -> new Type.Unknown();
        };
    }

    private Type quotient(Size a, Size b, Span span) {
        Optional<Size> quotient = here.facts().quotient(a, b);
        if (quotient.isPresent()) {
            return new Type.Int(quotient.get());
        }
        if (a.constant().isPresent() && b.constant().isPresent()) {
            return here.report(Diagnostic.error(
                            Code.VIOLATED, span, "/: an int constant must be divided exactly, got " + a + " / " + b)
                    .help("write one of them as a float, such as " + a + ".0"));
        }
        here.conditions().demand(new Condition.Divides(a, b), span, "/");
        return new Type.Unknown();
    }

    private Type remainder(Size a, Size b) {
        if (here.facts().quotient(a, b).isPresent()) {
            return new Type.Int(Size.ZERO);
        }
        OptionalLong top = a.constant();
        OptionalLong bottom = b.constant();
        if (top.isPresent() && bottom.isPresent() && bottom.getAsLong() != 0) {
            return new Type.Int(Size.of(Math.floorMod(top.getAsLong(), bottom.getAsLong())));
        }
        return new Type.Int(Size.of(new Atom.Opaque("%", List.of(a, b))));
    }

    private static Type power(Size a, Size b) {
        OptionalLong exponent = b.constant();
        if (exponent.isPresent() && exponent.getAsLong() < 0) {
            return new Type.Float(null, a + " ** " + b);
        }
        boolean small =
                exponent.isPresent() && exponent.getAsLong() <= (a.constant().isPresent() ? 62 : HIGHEST_POWER);
        return new Type.Int(
                small ? a.power((int) exponent.getAsLong()) : Size.of(new Atom.Opaque("**", List.of(a, b))));
    }

    private static @Nullable Double value(BinaryOperator operator, Type left, Type right) {
        Double a = value(left);
        Double b = value(right);
        if (a == null || b == null) {
            return null;
        }
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case REMAINDER -> a - b * Math.floor(a / b);
            case POWER -> Math.pow(a, b);
            case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR -> null;
        };
    }

    private static @Nullable Double value(Type constant) {
        return switch (constant) {
            case Type.Int number ->
                number.size().constant().isPresent()
                        ? Double.valueOf(number.size().constant().getAsLong())
                        : null;
            case Type.Float number -> number.value();
            default -> null;
        };
    }
}
