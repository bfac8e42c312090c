package dev.weft.dsl.ast;

import dev.weft.graph.type.ElementType;
import java.util.List;

/** A type as it is written. */
public sealed interface TypeExpr {

    Span span();

    /**
     * {@code f32[..., n, 2 * d]}: a run-time tensor; {@code f32[]} is a scalar.
     *
     * @param rest whether it starts with {@code ...}: any leading axes, the same ones throughout the signature
     */
    record Tensor(Span span, ElementType element, boolean rest, List<Expr> sizes) implements TypeExpr {
        public Tensor {
            sizes = List.copyOf(sizes);
        }
    }

    /** {@code int}, {@code float}, {@code bool}: known while compiling. */
    record Constant(Span span, ConstantKind kind) implements TypeExpr {}

    record TupleOf(Span span, List<TypeExpr> items) implements TypeExpr {
        public TupleOf {
            items = List.copyOf(items);
        }
    }

    /** {@code like params(model)}: one tensor for each of a tree, with its path, shape and element type. */
    record Like(Span span, Expr tree) implements TypeExpr {}

    /** {@code arguments(model.loss)}: the parameters of a function, under their own names. */
    record Arguments(Span span, Expr function) implements TypeExpr {}
}
