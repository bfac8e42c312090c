package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.ast.UnaryOperator;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Permute;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Evaluates the body of one function: what is known is computed, what is a tensor becomes a value of the trace. */
final class Evaluator {

    /** Copies of the body of one {@code for}. */
    static final int COPIES = 4096;

    private final Session session;
    private final Scope scope;
    private final @Nullable Trace trace;
    private int copies = 1;

    Evaluator(Session session, Scope scope, @Nullable Trace trace) {
        this.session = session;
        this.scope = scope;
        this.trace = trace;
    }

    /** An evaluator where there is no graph: all must be known. */
    static Evaluator constants(Session session, Scope scope) {
        return new Evaluator(session, scope, null);
    }

    /** An evaluator of the same trace for what belongs to another scope. */
    Evaluator in(Scope other) {
        return new Evaluator(session, other, trace);
    }

    Typing typing() {
        return new Typing(this);
    }

    Session session() {
        return session;
    }

    Scope scope() {
        return scope;
    }

    /** The trace, with values coming from this place from now on. */
    Trace trace(Span span) {
        if (trace == null) {
            throw Refusal.at(span, "%s: must be known while compiling, but is a tensor", span.text());
        }
        trace.at(span);
        return trace;
    }

    // ---- statements

    /** The value of a body is that of its last expression. */
    Val block(Block block) {
        Val last = new Val.Nothing();
        for (Statement statement : block.statements()) {
            last = statement(statement);
        }
        return last;
    }

    private Val statement(Statement statement) {
        switch (statement) {
            case Statement.Bind(Span _, Target target, Expr value) -> bind(target, eval(value));
            case Statement.Store(Span span, Expr place, Expr value) -> new Storing(this).store(place, value, span);
            case Statement.For loop -> loop(loop);
            case Statement.Evaluate(Span _, Expr value) -> {
                return eval(value);
            }
        }
        return new Val.Nothing();
    }

    private void bind(Target target, Val value) {
        switch (target) {
            // A name keeps the value that storage has now; later writes do not change it.
            case Target.One(Span span, String name) -> scope.bind(name, contents(value, span));
            case Target.Several several -> bindAll(several, value, false);
        }
    }

    /** Elements of a loop stay storage, so that the body can write them. */
    private void bindElement(Target target, Val value) {
        switch (target) {
            case Target.One(Span _, String name) -> scope.bind(name, value);
            case Target.Several several -> bindAll(several, value, true);
        }
    }

    private void bindAll(Target.Several target, Val value, boolean element) {
        if (!(value instanceof Val.Tuple(List<Val> items))
                || items.size() != target.items().size()) {
            throw Refusal.at(
                    target.span(),
                    "%s: must get a tuple of %d, got %s",
                    target.span().text(),
                    target.items().size(),
                    value.describe());
        }
        for (int i = 0; i < items.size(); i++) {
            if (element) {
                bindElement(target.items().get(i), items.get(i));
            } else {
                bind(target.items().get(i), items.get(i));
            }
        }
    }

    private void loop(Statement.For loop) {
        List<Val> elements = elements(eval(loop.iterable()), loop.iterable().span());
        int outer = copies;
        copies = (int) Math.min(Integer.MAX_VALUE, (long) copies * Math.max(1, elements.size()));
        if (copies > COPIES) {
            throw Refusal.at(loop.span(), "for: must be unrolled to at most %,d copies, got %,d", COPIES, copies);
        }
        Set<String> before = scope.bound();
        for (Val element : elements) {
            bindElement(loop.target(), element);
            block(loop.body());
        }
        scope.keep(before);
        copies = outer;
    }

    /** What {@code for} goes over and {@code zip} pairs up. */
    List<Val> elements(Val value, Span span) {
        return switch (value) {
            case Val.Tuple(List<Val> items) -> items;
            case Val.Tree(Map<String, Val> leaves) -> {
                List<Val> items = new ArrayList<>();
                leaves.forEach((path, leaf) -> items.add(
                        leaf instanceof Val.Tensor(Value tensor, String _) ? new Val.Tensor(tensor, path) : leaf));
                yield items;
            }
            case Val.Int _, Val.Real _, Val.Bool _, Val.Text _, Val.Tensor _, Val.Place _, Val.Bundle _, Val.Part _ ->
                throw notIterable(value, span);
            case Val.Module _, Val.Definition _, Val.Function _, Val.Callable _, Val.Nothing _ ->
                throw notIterable(value, span);
        };
    }

    private static Refusal notIterable(Val value, Span span) {
        return Refusal.at(
                span, "%s: must be a tuple, a list, a tree, range(…) or zip(…), got %s", span.text(), value.describe());
    }

    // ---- expressions

    /** The value of an expression; a refusal says where. */
    Val eval(Expr expr) {
        try {
            return switch (expr) {
                case Expr.IntLiteral(Span _, long value) -> new Val.Int(value);
                case Expr.FloatLiteral(Span _, double value) -> new Val.Real(value);
                case Expr.BoolLiteral(Span _, boolean value) -> new Val.Bool(value);
                case Expr.Name(Span span, String text) -> name(text, span);
                case Expr.Field(Span span, Expr target, var name) -> field(eval(target), name.text(), span);
                case Expr.Transpose(Span span, Expr target) -> transpose(tensor(target), span);
                case Expr.Call(Span span, Expr callee, List<Argument> arguments) ->
                    new Calls(this).call(eval(callee), arguments, span);
                case Expr.Grad grad -> new Calls(this).gradient(grad);
                case Expr.Index index -> new Indexing(this).read(index);
                case Expr.Unary(Span span, UnaryOperator operator, Expr operand) ->
                    new Operators(this).unary(operator, eval(operand), span);
                case Expr.Binary binary -> binary(binary);
                case Expr.InPaths in -> inPaths(in);
                case Expr.If conditional -> conditional(conditional);
                case Expr.Tuple(Span _, List<Expr> items) ->
                    new Val.Tuple(items.stream()
                            .map(item -> contents(eval(item), item.span()))
                            .toList());
                case Expr.Replaced replaced -> new Storing(this).replaced(replaced);
                case Expr.Rearrange rearrange -> new Rearranging(this, rearrange.span()).rearrange(rearrange);
            };
        } catch (Refusal placed) {
            throw placed;
        } catch (UserException unplaced) {
            throw Refusal.at(expr.span(), "%s", String.valueOf(unplaced.getMessage()));
        } catch (ArithmeticException overflow) {
            throw Refusal.at(
                    expr.span(), "%s: must fit into 64 bits", expr.span().text());
        }
    }

    private Val name(String name, Span span) {
        return scope.find(name).orElseThrow(() -> unknown(name, span, scope.names()));
    }

    private static Refusal unknown(String name, Span span, Collection<String> names) {
        String meant = Suggestions.nearest(name, names)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
        return Refusal.at(span, "%s: must be the name of something here%s", name, meant);
    }

    Val field(Val target, String name, Span span) {
        return switch (target) {
            case Val.Module(Unit unit) ->
                unit.find(name)
                        .orElseThrow(() -> unknown(name, span, unit.declared().keySet()));
            case Val.Part(Instance instance) ->
                instance.find(name).orElseThrow(() -> unknown(name, span, instance.names()));
            default ->
                throw Refusal.at(
                        span, "%s: only an instance or an import has members, got %s", span.text(), target.describe());
        };
    }

    private Val transpose(Value x, Span span) {
        int rank = x.type().rank();
        if (rank < 2) {
            throw Refusal.at(span, ".T: must have at least two axes, got %s", x.type());
        }
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        axes.set(rank - 2, rank - 1);
        axes.set(rank - 1, rank - 2);
        return new Val.Tensor(trace(span).add(new Permute(x, axes)));
    }

    private Val binary(Expr.Binary binary) {
        BinaryOperator operator = binary.operator();
        Val left = eval(binary.left());
        if (operator.isLogic() && left instanceof Val.Bool(boolean truth) && truth == (operator == BinaryOperator.OR)) {
            return left;
        }
        return new Operators(this).binary(operator, left, eval(binary.right()), binary.span());
    }

    private Val inPaths(Expr.InPaths in) {
        if (eval(in.path()) instanceof Val.Text(String path)) {
            return new Val.Bool(in.patterns().stream().anyMatch(pattern -> pattern.matches(path)));
        }
        throw Refusal.at(
                in.path().span(),
                "%s: must be a path, such as path(w), got %s",
                in.path().span().text(),
                describe(in.path()));
    }

    private Val conditional(Expr.If conditional) {
        boolean holds = truth(conditional.condition());
        Block otherwise = conditional.otherwise();
        if (holds) {
            return block(conditional.then());
        }
        return otherwise == null ? new Val.Nothing() : block(otherwise);
    }

    // ---- expressions of which a kind is wanted

    Val.Known known(Expr expr) {
        if (eval(expr) instanceof Val.Known known) {
            return known;
        }
        throw Refusal.at(
                expr.span(),
                "%s: must be known while compiling, got %s",
                expr.span().text(),
                describe(expr));
    }

    private String describe(Expr expr) {
        return eval(expr).describe();
    }

    long integer(Expr expr) {
        if (eval(expr) instanceof Val.Int(long value)) {
            return value;
        }
        throw Refusal.at(
                expr.span(),
                "%s: must be an int known while compiling, got %s",
                expr.span().text(),
                describe(expr));
    }

    boolean truth(Expr expr) {
        if (eval(expr) instanceof Val.Bool(boolean value)) {
            return value;
        }
        throw Refusal.at(
                expr.span(),
                "%s: must be a bool known while compiling, got %s",
                expr.span().text(),
                describe(expr));
    }

    Value tensor(Expr expr) {
        return tensor(eval(expr), expr.span());
    }

    Value tensor(Val val, Span span) {
        if (contents(val, span) instanceof Val.Tensor(Value value, String _)) {
            return value;
        }
        throw Refusal.at(span, "%s: must be a tensor, got %s", span.text(), val.describe());
    }

    /** The value with storage replaced by what it holds now. */
    Val contents(Val val, Span span) {
        return switch (val) {
            case Val.Place(Leaf leaf) -> new Val.Tensor(read(leaf, span), leaf.name());
            case Val.Tuple(List<Val> items) ->
                new Val.Tuple(items.stream().map(item -> contents(item, span)).toList());
            case Val.Tree(Map<String, Val> leaves) -> {
                Map<String, Val> read = new LinkedHashMap<>();
                leaves.forEach((path, leaf) -> read.put(path, contents(leaf, span)));
                yield new Val.Tree(read);
            }
            case Val.Known _, Val.Text _, Val.Tensor _, Val.Bundle _, Val.Part _, Val.Module _ -> val;
            case Val.Definition _, Val.Function _, Val.Callable _, Val.Nothing _ -> val;
        };
    }

    Value read(Leaf leaf, Span span) {
        return trace(span).read(leaf, type(leaf, span));
    }

    TensorType type(Leaf leaf, Span span) {
        return session.type(leaf, scope, span);
    }

    /** A written type whose sizes are all known. */
    TensorType type(TypeExpr.Tensor type, String subject) {
        return new Sizes(this).type(type, subject);
    }

    Optional<Val> find(String name) {
        return scope.find(name);
    }
}
