package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.TypeExpr;
import java.util.Set;

/** Names of the call sizes in a written type: those that are no constants where it stands. */
final class CallSizes {

    private CallSizes() {}

    static void of(TypeExpr type, Scope scope, Set<String> into) {
        switch (type) {
            case TypeExpr.Tensor tensor -> tensor.sizes().forEach(size -> of(size, scope, into));
            case TypeExpr.TupleOf tuple -> tuple.items().forEach(item -> of(item, scope, into));
            // A constant has no sizes; those of a tree are its model's; whose arguments they are is found where entries
            // are.
            case TypeExpr.Constant _, TypeExpr.Like _, TypeExpr.Arguments _ -> {}
        }
    }

    private static void of(Expr size, Scope scope, Set<String> into) {
        switch (size) {
            case Expr.Name(var _, String name) -> {
                if (!(scope.find(name).orElse(null) instanceof Val.Known)) {
                    into.add(name);
                }
            }
            case Expr.Binary(var _, var _, Expr left, Expr right) -> {
                of(left, scope, into);
                of(right, scope, into);
            }
            case Expr.Unary(var _, var _, Expr operand) -> of(operand, scope, into);
            default -> {}
        }
    }
}
