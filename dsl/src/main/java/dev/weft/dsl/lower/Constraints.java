package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What to say about a {@code where} that does not hold. */
final class Constraints {

    private Constraints() {}

    /** {@code , got width = 130, heads = 4}. */
    static String values(Expr constraint, Evaluator evaluator) {
        Map<String, Expr> terms = new LinkedHashMap<>();
        collect(constraint, terms);
        StringBuilder values = new StringBuilder();
        terms.forEach((term, expr) -> {
            if (evaluator.eval(expr) instanceof Val.Known known) {
                values.append(values.isEmpty() ? ", got " : ", ")
                        .append(term)
                        .append(" = ")
                        .append(text(known));
            }
        });
        return values.toString();
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
        Map<String, Expr> terms = new LinkedHashMap<>();
        collect(expr, terms);
        return terms.keySet();
    }

    /** The names and members in an expression, by their text. */
    private static void collect(Expr expr, Map<String, Expr> into) {
        switch (expr) {
            case Expr.Name(Span _, String name) -> into.put(name, expr);
            case Expr.Field(Span span, Expr _, var _) -> into.put(span.text(), expr);
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
