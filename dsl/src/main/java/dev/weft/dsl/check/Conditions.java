package dev.weft.dsl.check;

import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.UnaryOperator;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Size;
import java.util.Optional;

/** Reads conditions of constants, and demands those that must hold. */
final class Conditions {
    private final Evaluator here;

    Conditions(Evaluator here) {
        this.here = here;
    }

    Condition read(Expr expr) {
        if (expr instanceof Expr.Unary unary && unary.operator() == UnaryOperator.NOT) {
            return new Condition.Not(read(unary.operand()));
        }
        if (expr instanceof Expr.Binary binary) {
            if (binary.operator() == BinaryOperator.AND) {
                return new Condition.And(read(binary.left()), read(binary.right()));
            }
            if (binary.operator() == BinaryOperator.OR) {
                return new Condition.Or(read(binary.left()), read(binary.right()));
            }
            if (binary.operator().isComparison()) {
                Optional<Condition> divides = divides(binary);
                return divides.orElseGet(() -> comparison(binary));
            }
        }
        return truth(here.value(expr), expr.span());
    }

    /** {@code a % b == 0}, which says more than that two numbers are equal. */
    private Optional<Condition> divides(Expr.Binary binary) {
        boolean remainderIsZero = binary.operator() == BinaryOperator.EQUAL
                && binary.left() instanceof Expr.Binary left
                && left.operator() == BinaryOperator.REMAINDER
                && binary.right() instanceof Expr.IntLiteral zero
                && zero.value() == 0;
        if (!remainderIsZero || !(binary.left() instanceof Expr.Binary remainder)) {
            return Optional.empty();
        }
        boolean ints = here.evaluate(remainder.left()) instanceof Type.Int
                && here.evaluate(remainder.right()) instanceof Type.Int;
        if (!ints) {
            return Optional.empty();
        }
        Size dividend = ((Type.Int) here.evaluate(remainder.left())).size();
        Size divisor = ((Type.Int) here.evaluate(remainder.right())).size();
        return Optional.of(new Condition.Divides(dividend, divisor));
    }

    private Condition comparison(Expr.Binary binary) {
        Type left = here.value(binary.left());
        Type right = here.value(binary.right());
        if (left.isUnknown() || right.isUnknown()) {
            return new Condition.Broken();
        }
        if (left instanceof Type.Int a && right instanceof Type.Int b) {
            return ints(binary.operator(), a.size(), b.size());
        }
        return truth(new Operators(here).binary(binary.operator(), left, right, binary.span()), binary.span());
    }

    static Condition ints(BinaryOperator operator, Size a, Size b) {
        return switch (operator) {
            case LESS -> new Condition.AtMost(a.plus(Size.ONE), b);
            case LESS_EQUAL -> new Condition.AtMost(a, b);
            case GREATER -> new Condition.AtMost(b.plus(Size.ONE), a);
            case GREATER_EQUAL -> new Condition.AtMost(b, a);
            case EQUAL -> new Condition.Equal(a, b);
            case NOT_EQUAL -> new Condition.Not(new Condition.Equal(a, b));
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, MATMUL, POWER, AND, OR -> new Condition.Broken();
        };
    }

    private Condition truth(Type type, Span span) {
        return switch (type) {
            case Type.Bool bool ->
                bool.value() != null ? new Condition.Always(bool.value()) : new Condition.Key(bool.key());
            case Type.Unknown unknown -> new Condition.Broken();
            case Type.Open open -> new Condition.Broken();
            case Type.Tensor tensor -> {
                here.report(Diagnostic.error(
                                Code.RUNTIME_CONDITION,
                                span,
                                "condition: must be known while compiling, got a run-time tensor "
                                        + Describe.tensor(tensor, here.facts()))
                        .help("choose between run-time values with where(condition, a, b)"));
                yield new Condition.Broken();
            }
            default -> {
                here.report(Code.WRONG_KIND, span, "condition: must be a bool constant, got " + type.describe());
                yield new Condition.Broken();
            }
        };
    }

    /** Reports a condition that does not hold or may not. */
    void demand(Condition condition, Span span, String subject) {
        Facts.Answer answer = here.knowledge().answer(condition);
        if (answer == Facts.Answer.YES) {
            return;
        }
        String text = text(condition);
        here.report(
                answer == Facts.Answer.NO
                        ? Diagnostic.error(Code.VIOLATED, span, subject + ": " + text + " must hold, and does not")
                        : Remedies.where(
                                here,
                                condition,
                                text,
                                Diagnostic.error(
                                        Code.UNPROVEN, span, subject + ": " + text + " must hold, and may not")));
    }

    /** As it would be written in a {@code where}. */
    String text(Condition condition) {
        return switch (condition) {
            case Condition.AtMost atMost -> inequality(atMost);
            case Condition.Equal equal -> show(equal.left()) + " == " + show(equal.right());
            case Condition.Divides divides -> divides(here.facts().reduced(divides.dividend(), divides.divisor()));
            case Condition.Always always -> String.valueOf(always.truth());
            case Condition.Key key -> key.key().replaceAll("\\b\\d+:", "");
            case Condition.Not not -> "not (" + text(not.operand()) + ")";
            case Condition.And and -> text(and.left()) + " and " + text(and.right());
            case Condition.Or or -> "(" + text(or.left()) + " or " + text(or.right()) + ")";
            case Condition.Broken broken -> "?";
        };
    }

    private String divides(Facts.Fraction fraction) {
        return operand(fraction.top()) + " % " + operand(fraction.bottom()) + " == 0";
    }

    private String inequality(Condition.AtMost atMost) {
        Size small = here.facts().display(atMost.small());
        Size strict = small.minus(Size.ONE);
        boolean reads = small.terms().size() > strict.terms().size();
        return reads ? show(strict) + " < " + show(atMost.large()) : small + " <= " + show(atMost.large());
    }

    private String show(Size size) {
        return Describe.size(size, here.facts());
    }

    private String operand(Size size) {
        String text = show(size);
        return text.contains(" ") ? "(" + text + ")" : text;
    }
}
