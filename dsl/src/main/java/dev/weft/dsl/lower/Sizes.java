package dev.weft.dsl.lower;

import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sizes in types: what a call brings binds the names that are no constants, everything else must agree. */
final class Sizes {

    private final Evaluator evaluator;
    private final Scope scope;

    Sizes(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.scope = evaluator.scope();
    }

    /** The type as written; all names must be known. */
    TensorType type(TypeExpr.Tensor type, String subject) {
        List<Dim> dims = new ArrayList<>();
        if (type.rest()) {
            List<Dim> rest = scope.rest();
            if (rest == null) {
                throw Refusal.at(type.span(), "%s: what ... stands for must be known here", subject);
            }
            dims.addAll(rest);
        }
        for (Expr size : type.sizes()) {
            dims.add(dim(size, subject));
        }
        return new TensorType(type.element(), new Shape(dims));
    }

    /** Whether all names in a type are known. */
    boolean known(TypeExpr.Tensor type) {
        return (!type.rest() || scope.rest() != null) && type.sizes().stream().noneMatch(this::unknownInside);
    }

    private Dim dim(Expr size, String subject) {
        if (size instanceof Expr.Name(Span span, String name)) {
            Dim bound = scope.sizes().get(name);
            if (bound != null) {
                return bound;
            }
            if (scope.find(name).isEmpty()) {
                throw Refusal.at(
                        span, "%s: size %s must be known here; a call or --dim %s=… says it", subject, name, name);
            }
        }
        long value = evaluator.integer(size);
        if (value < 0) {
            throw Refusal.at(
                    size.span(),
                    "%s: size %s must not be negative, got %d",
                    subject,
                    size.span().text(),
                    value);
        }
        return Dim.of(value);
    }

    /** Binds the bare names and {@code ...} of a type by a tensor that is given for it. */
    void bindNames(TypeExpr.Tensor type, TensorType actual, String subject, Span span) {
        int rest = actual.rank() - type.sizes().size();
        if (type.rest() ? rest < 0 : rest != 0) {
            throw mismatch(type, actual, subject, span);
        }
        if (type.rest()) {
            bindRest(actual.shape().dims().subList(0, rest), type, actual, subject, span);
        }
        for (int i = 0; i < type.sizes().size(); i++) {
            if (type.sizes().get(i) instanceof Expr.Name(Span _, String name) && isUnbound(name)) {
                scope.sizes().put(name, new Dim(actual.size(rest + i), name));
            }
        }
    }

    /** Binds the names in sizes like {@code 2 * n}. */
    void bindFactors(TypeExpr.Tensor type, TensorType actual, String subject, Span span) {
        int rest = actual.rank() - type.sizes().size();
        for (int i = 0; i < type.sizes().size(); i++) {
            if (type.sizes().get(i) instanceof Expr.Binary(Span at, BinaryOperator operator, Expr left, Expr right)
                    && operator == BinaryOperator.MULTIPLY) {
                String name = unbound(right) == null ? unbound(left) : unbound(right);
                if (name == null) {
                    continue;
                }
                long factor = evaluator.integer(unbound(right) == null ? right : left);
                long size = actual.size(rest + i);
                if (factor <= 0 || size % factor != 0) {
                    throw Refusal.at(
                            span,
                            "%s: size %s must be a multiple of %d, got %d (%s)",
                            subject,
                            at.text(),
                            factor,
                            size,
                            at);
                }
                scope.sizes().put(name, new Dim(size / factor, name));
            }
        }
    }

    /** Refuses a tensor that is not of the type, whose names are all bound by now. */
    void check(TypeExpr.Tensor type, TensorType actual, String subject, Span span) {
        if (!type(type, subject).equals(actual)) {
            throw mismatch(type, actual, subject, span);
        }
    }

    private void bindRest(List<Dim> dims, TypeExpr.Tensor type, TensorType actual, String subject, Span span) {
        List<Dim> known = scope.rest();
        if (known == null) {
            scope.rest(dims);
        } else if (!known.equals(dims)) {
            throw mismatch(type, actual, subject, span);
        }
    }

    private @Nullable String unbound(Expr expr) {
        return expr instanceof Expr.Name(Span _, String name) && isUnbound(name) ? name : null;
    }

    private boolean isUnbound(String name) {
        Optional<Val> known = scope.find(name);
        return known.isEmpty() || !(known.get() instanceof Val.Known);
    }

    private Refusal mismatch(TypeExpr.Tensor type, TensorType actual, String subject, Span span) {
        StringBuilder sizes = new StringBuilder();
        for (Expr size : type.sizes()) {
            if (!(size instanceof Expr.IntLiteral) && !unknownInside(size)) {
                sizes.append(sizes.isEmpty() ? ", where " : ", ")
                        .append(size.span().text())
                        .append(" = ")
                        .append(evaluator.integer(size));
            }
        }
        List<Dim> rest = scope.rest();
        if (type.rest() && rest != null) {
            sizes.append(sizes.isEmpty() ? ", where " : ", ").append("... = ").append(new Shape(rest));
        }
        return Refusal.at(
                span, "%s: must be %s (%s)%s, got %s", subject, type.span().text(), type.span(), sizes, actual);
    }

    private boolean unknownInside(Expr size) {
        return switch (size) {
            case Expr.Name(Span _, String name) -> isUnbound(name);
            case Expr.Binary(Span _, BinaryOperator _, Expr left, Expr right) ->
                unknownInside(left) || unknownInside(right);
            case Expr.Unary(Span _, var _, Expr operand) -> unknownInside(operand);
            default -> false;
        };
    }
}
