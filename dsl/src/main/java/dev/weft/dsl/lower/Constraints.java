package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What to say about a {@code where} that does not hold. */
final class Constraints {

    private Constraints() {}

    /** {@code , got width = 130, heads = 4}. */
    static String values(Expr constraint, Evaluator evaluator) {
        String values = names(constraint).stream()
                .filter(name -> evaluator.find(name).orElse(null) instanceof Val.Known)
                .map(name ->
                        name + " = " + text((Val.Known) evaluator.find(name).orElseThrow()))
                .collect(Collectors.joining(", "));
        return values.isEmpty() ? "" : ", got " + values;
    }

    static String text(Val.Known known) {
        return switch (known) {
            case Val.Int(long value) -> Long.toString(value);
            case Val.Real(double value) -> Double.toString(value);
            case Val.Bool(boolean value) -> Boolean.toString(value);
        };
    }

    /** The bare names in an expression. */
    static Set<String> names(Expr expr) {
        Set<String> names = new LinkedHashSet<>();
        collect(expr, names);
        return names;
    }

    private static void collect(Expr expr, Set<String> into) {
        switch (expr) {
            case Expr.Name(Span _, String name) -> into.add(name);
            case Expr.Binary(Span _, var _, Expr left, Expr right) -> {
                collect(left, into);
                collect(right, into);
            }
            case Expr.Unary(Span _, var _, Expr operand) -> collect(operand, into);
            case Expr.Call(Span _, Expr _, var arguments) ->
                arguments.forEach(argument -> collect(argument.value(), into));
            case Expr.Tuple(Span _, List<Expr> items) -> items.forEach(item -> collect(item, into));
            default -> {}
        }
    }
}
