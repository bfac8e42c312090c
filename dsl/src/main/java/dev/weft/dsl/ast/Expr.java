package dev.weft.dsl.ast;

import dev.weft.graph.PathPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something with a value: a constant, a tensor, a tuple, a tree of tensors, an instance, a list of instances or a function. */
public sealed interface Expr {

    Span span();

    record IntLiteral(Span span, long value) implements Expr {}

    record FloatLiteral(Span span, double value) implements Expr {}

    record BoolLiteral(Span span, boolean value) implements Expr {}

    /** A local name, a constant, a field of the surrounding definition, a declaration of the file, an import or a built-in. */
    record Name(Span span, String text) implements Expr {}

    /** {@code target.name}: what an import declares; a constant, field or method of an instance. */
    record Field(Span span, Expr target, Identifier name) implements Expr {}

    /** {@code x.T}: the last two axes change places. */
    record Transpose(Span span, Expr target) implements Expr {}

    record Call(Span span, Expr callee, List<Argument> arguments) implements Expr {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * {@code grad(f, wrt a, wrt b)} or {@code value_and_grad(...)}: a function with the parameters of {@code f}.
     *
     * @param wrt each either the bare name of a parameter of {@code f}, or a tree of stored tensors
     */
    record Grad(Span span, boolean withValue, Expr function, List<Expr> wrt) implements Expr {
        public Grad {
            wrt = List.copyOf(wrt);
        }
    }

    /** {@code target[items]}. One item that is an i32 tensor looks rows up. */
    record Index(Span span, Expr target, List<IndexItem> items) implements Expr {
        public Index {
            items = List.copyOf(items);
        }
    }

    record Unary(Span span, UnaryOperator operator, Expr operand) implements Expr {}

    /** {@code path(w) in [blocks.*.attn.**, **.bias]}: whether a path is one of those that are meant. */
    record InPaths(Span span, Expr path, List<PathPattern> patterns) implements Expr {
        public InPaths {
            patterns = List.copyOf(patterns);
        }
    }

    record Binary(Span span, BinaryOperator operator, Expr left, Expr right) implements Expr {}

    /**
     * {@code if condition { … } else { … }}, decided while compiling. As a statement {@code otherwise} may be missing. Names bound in
     * the chosen block stay bound after it.
     *
     * @param otherwise {@code else if} is a block with one {@link If} as its only statement
     */
    record If(
            Span span, Expr condition, Block then, @Nullable Block otherwise) implements Expr {}

    /** {@code ()}, {@code (a,)}, {@code (a, b)}. Parentheses around one expression leave no trace. */
    record Tuple(Span span, List<Expr> items) implements Expr {
        public Tuple {
            items = List.copyOf(items);
        }
    }

    /** What {@code x[items] = value} binds {@code x} to: the tensor that it was, with the value at those places. */
    record Replaced(Span span, Index place, Expr value) implements Expr {}

    /** {@code operand as from -> to}. */
    record Rearrange(Span span, Expr operand, Pattern from, Pattern to) implements Expr {}
}
