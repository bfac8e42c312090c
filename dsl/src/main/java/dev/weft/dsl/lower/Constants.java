package dev.weft.dsl.lower;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Span;

/** Arithmetic of what is known while compiling: ints exactly, floats in f64. */
final class Constants {

    private Constants() {}

    static Val.Known binary(BinaryOperator operator, Val.Known a, Val.Known b, Span span) {
        if (operator.isLogic()) {
            boolean x = truth(a, operator.symbol(), span);
            boolean y = truth(b, operator.symbol(), span);
            return new Val.Bool(operator == BinaryOperator.AND ? x && y : x || y);
        }
        if (a instanceof Val.Bool(boolean x) && b instanceof Val.Bool(boolean y)) {
            return switch (operator) {
                case EQUAL -> new Val.Bool(x == y);
                case NOT_EQUAL -> new Val.Bool(x != y);
                default -> throw Refusal.at(span, "%s: must have numbers, got two bools", operator.symbol());
            };
        }
        if (a instanceof Val.Int(long x) && b instanceof Val.Int(long y)) {
            return ints(operator, x, y, span);
        }
        return floats(operator, number(a, operator.symbol(), span), number(b, operator.symbol(), span), span);
    }

    private static Val.Known ints(BinaryOperator operator, long x, long y, Span span) {
        try {
            return switch (operator) {
                case ADD -> new Val.Int(Math.addExact(x, y));
                case SUBTRACT -> new Val.Int(Math.subtractExact(x, y));
                case MULTIPLY -> new Val.Int(Math.multiplyExact(x, y));
                case DIVIDE -> new Val.Int(quotient(x, y, span));
                case REMAINDER -> new Val.Int(Math.floorMod(x, nonZero("%", x, y, span)));
                case POWER -> y < 0 ? new Val.Real(Math.pow(x, y)) : new Val.Int(power(x, y));
                case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL ->
                    new Val.Bool(compare(operator, Long.compare(x, y)));
                case MATMUL, AND, OR -> throw Refusal.at(span, "%s: must have tensors, got ints", operator.symbol());
            };
        } catch (ArithmeticException e) {
            throw Refusal.at(span, "%s %s %s: must fit into 64 bits", x, operator.symbol(), y);
        }
    }

    private static long quotient(long x, long y, Span span) {
        if (Math.floorMod(x, nonZero("/", x, y, span)) != 0) {
            throw Refusal.at(span, "%s / %s: ints must divide exactly; for a fraction make one a float", x, y);
        }
        return x / y;
    }

    private static long nonZero(String operator, long x, long y, Span span) {
        if (y == 0) {
            throw Refusal.at(span, "%s %s 0: the divisor must not be 0", x, operator);
        }
        return y;
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            if (rest > 1) {
                square = Math.multiplyExact(square, square);
            }
        }
        return result;
    }

    private static Val.Known floats(BinaryOperator operator, double x, double y, Span span) {
        return switch (operator) {
            case ADD -> new Val.Real(x + y);
            case SUBTRACT -> new Val.Real(x - y);
            case MULTIPLY -> new Val.Real(x * y);
            case DIVIDE -> new Val.Real(x / y);
            case REMAINDER -> new Val.Real(x - y * Math.floor(x / y));
            case POWER -> new Val.Real(Math.pow(x, y));
            case LESS -> new Val.Bool(x < y);
            case LESS_EQUAL -> new Val.Bool(x <= y);
            case GREATER -> new Val.Bool(x > y);
            case GREATER_EQUAL -> new Val.Bool(x >= y);
            case EQUAL -> new Val.Bool(x == y);
            case NOT_EQUAL -> new Val.Bool(x != y);
            case MATMUL, AND, OR -> throw Refusal.at(span, "%s: must have tensors, got floats", operator.symbol());
        };
    }

    private static boolean compare(BinaryOperator operator, int order) {
        return switch (operator) {
            case LESS -> order < 0;
            case LESS_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_EQUAL -> order >= 0;
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, MATMUL, POWER, AND, OR -> false;
        };
    }

    static double number(Val.Known value, String subject, Span span) {
        return switch (value) {
            case Val.Int(long number) -> number;
            case Val.Real(double number) -> number;
            case Val.Bool _ -> throw Refusal.at(span, "%s: must be a number, got %s", subject, value.describe());
        };
    }

    static boolean truth(Val.Known value, String subject, Span span) {
        if (value instanceof Val.Bool(boolean truth)) {
            return truth;
        }
        throw Refusal.at(span, "%s: must be a bool, got %s", subject, value.describe());
    }

    static Val.Known negate(Val.Known value, Span span) {
        return switch (value) {
            case Val.Int(long number) -> new Val.Int(Math.negateExact(number));
            case Val.Real(double number) -> new Val.Real(-number);
            case Val.Bool _ -> throw Refusal.at(span, "-: must have a number, got %s", value.describe());
        };
    }

    /** The elementwise functions of one number. */
    static Val.Known unary(Builtin function, Val.Known value, Span span) {
        double x = number(value, function.text(), span);
        if (value instanceof Val.Int(long whole)) {
            switch (function) {
                case ABS -> {
                    return new Val.Int(Math.absExact(whole));
                }
                case SIGN -> {
                    return new Val.Int(Long.signum(whole));
                }
                case FLOOR, ROUND -> {
                    return value;
                }
                default -> {}
            }
        }
        return new Val.Real(
                switch (function) {
                    case EXP -> Math.exp(x);
                    case LOG -> Math.log(x);
                    case SQRT -> Math.sqrt(x);
                    case TANH -> Math.tanh(x);
                    case SIN -> Math.sin(x);
                    case COS -> Math.cos(x);
                    case ABS -> Math.abs(x);
                    case FLOOR -> Math.floor(x);
                    case ROUND -> Math.rint(x);
                    case SIGN -> Math.signum(x);
                    default ->
                        throw Refusal.at(span, "%s: must have a tensor, got %s", function.text(), value.describe());
                });
    }

    static Val.Known larger(Val.Known a, Val.Known b, boolean larger, Span span) {
        String subject = larger ? "maximum" : "minimum";
        if (a instanceof Val.Int(long x) && b instanceof Val.Int(long y)) {
            return new Val.Int(larger ? Math.max(x, y) : Math.min(x, y));
        }
        double x = number(a, subject, span);
        double y = number(b, subject, span);
        return new Val.Real(larger ? Math.max(x, y) : Math.min(x, y));
    }
}
