package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.BinaryOperator;
import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Pattern;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.ast.UnaryOperator;
import dev.weft.graph.DefectException;
import dev.weft.graph.PathPattern;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Expressions and statements from ANTLR's trees, which have no errors. */
final class ExpressionBuilder {
    private final Source source;
    private final SyntaxErrors errors;

    ExpressionBuilder(Source source, SyntaxErrors errors) {
        this.source = source;
        this.errors = errors;
    }

    Expr expr(WeftParser.ExprContext tree) {
        Span span = span(tree);
        return switch (tree) {
            case WeftParser.CallExprContext call -> call(span, call);
            case WeftParser.IndexExprContext index ->
                new Expr.Index(
                        span,
                        expr(index.expr()),
                        index.indexItem().stream().map(this::indexItem).toList());
            case WeftParser.FieldExprContext field ->
                field.name().getText().equals("T")
                        ? new Expr.Transpose(span, expr(field.expr()))
                        : new Expr.Field(span, expr(field.expr()), identifier(field.name()));
            case WeftParser.BinaryExprContext binary ->
                new Expr.Binary(
                        span,
                        BinaryOperator.of(binary.op.getText()).orElseThrow(() -> unexpected(tree)),
                        expr(binary.left),
                        expr(binary.right));
            case WeftParser.PathExprContext in ->
                new Expr.InPaths(
                        span,
                        expr(in.expr()),
                        in.pathPattern().stream().map(this::pathPattern).toList());
            case WeftParser.UnaryExprContext unary ->
                new Expr.Unary(
                        span,
                        unary.op.getText().equals("-") ? UnaryOperator.NEGATE : UnaryOperator.NOT,
                        expr(unary.expr()));
            case WeftParser.RearrangeExprContext rearrange ->
                new Expr.Rearrange(span, expr(rearrange.expr()), pattern(rearrange.from), pattern(rearrange.to));
            case WeftParser.IfExprContext conditional -> conditional(conditional.conditional());
            case WeftParser.GroupExprContext group -> expr(group.expr());
            case WeftParser.TupleExprContext tuple -> new Expr.Tuple(span, exprs(tuple.expr()));
            case WeftParser.LiteralExprContext literal -> literal(span, literal.literal());
            case WeftParser.NameExprContext name -> new Expr.Name(span, name.getText());
            default -> throw unexpected(tree);
        };
    }

    List<Expr> exprs(List<WeftParser.ExprContext> trees) {
        return trees.stream().map(this::expr).toList();
    }

    private Expr call(Span span, WeftParser.CallExprContext call) {
        Expr callee = expr(call.expr());
        boolean grad = callee instanceof Expr.Name name && name.text().equals("grad");
        boolean valueAndGrad = callee instanceof Expr.Name name && name.text().equals("value_and_grad");
        if (grad || valueAndGrad) {
            return gradient(span, valueAndGrad, call.arguments());
        }
        if (call.arguments() != null) {
            for (WeftParser.ArgumentContext argument : call.arguments().argument()) {
                if (argument.wrt != null) {
                    errors.report(span(argument), "wrt: belongs to grad and value_and_grad only");
                }
            }
        }
        return new Expr.Call(span, callee, arguments(call.arguments()));
    }

    private Expr gradient(Span span, boolean withValue, WeftParser.@Nullable ArgumentsContext trees) {
        List<Expr> functions = new ArrayList<>();
        List<Expr> wrt = new ArrayList<>();
        boolean plain = trees != null;
        if (trees != null) {
            for (WeftParser.ArgumentContext argument : trees.argument()) {
                (argument.wrt != null ? wrt : functions).add(expr(argument.expr()));
                plain &= argument.name() == null && argument.spread == null;
            }
        }
        if (!plain || functions.size() != 1 || wrt.isEmpty()) {
            String name = withValue ? "value_and_grad" : "grad";
            errors.report(span, name + ": takes one function and at least one wrt, as in " + name + "(f, wrt x)");
            return new Expr.Tuple(span, List.of());
        }
        return new Expr.Grad(span, withValue, functions.getFirst(), wrt);
    }

    List<Argument> arguments(WeftParser.@Nullable ArgumentsContext trees) {
        List<Argument> arguments = new ArrayList<>();
        if (trees != null) {
            for (WeftParser.ArgumentContext tree : trees.argument()) {
                @Nullable Identifier name = tree.name() == null ? null : identifier(tree.name());
                arguments.add(new Argument(span(tree), name, expr(tree.expr()), tree.spread != null));
            }
        }
        return arguments;
    }

    private IndexItem indexItem(WeftParser.IndexItemContext tree) {
        Span span = span(tree);
        return switch (tree) {
            case WeftParser.NewAxisItemContext newAxis -> new IndexItem.NewAxis(span);
            case WeftParser.EllipsisItemContext ellipsis -> new IndexItem.Ellipsis(span);
            case WeftParser.WindowItemContext window ->
                new IndexItem.Window(span, expr(window.start), expr(window.length));
            case WeftParser.RangeItemContext range ->
                new IndexItem.Range(span, optional(range.start), optional(range.stop), optional(range.step));
            case WeftParser.AtItemContext at -> new IndexItem.At(span, expr(at.expr()));
            default -> throw unexpected(tree);
        };
    }

    @Nullable
    Expr optional(WeftParser.@Nullable ExprContext tree) {
        return tree == null ? null : expr(tree);
    }

    private Pattern pattern(WeftParser.PatternContext tree) {
        List<Pattern.Axis> axes = new ArrayList<>();
        for (WeftParser.PatternAxisContext axis : tree.patternAxis()) {
            axes.add(
                    axis.patternAtom().isEmpty()
                            ? new Pattern.Rest(span(axis))
                            : new Pattern.Group(
                                    span(axis),
                                    axis.patternAtom().stream().map(this::atom).toList()));
        }
        return new Pattern(span(tree), tree.count() == null ? null : count(tree.count()), axes);
    }

    private PathPattern pathPattern(WeftParser.PathPatternContext tree) {
        return new PathPattern(tree.pathStep().stream()
                .map(WeftParser.PathStepContext::getText)
                .toList());
    }

    private Expr atom(WeftParser.PatternAtomContext tree) {
        return tree.name() != null ? new Expr.Name(span(tree), tree.getText()) : integer(span(tree), tree.getText());
    }

    Expr count(WeftParser.CountContext tree) {
        if (tree.name() != null) {
            return new Expr.Name(span(tree), tree.getText());
        }
        return tree.expr() != null ? expr(tree.expr()) : integer(span(tree), tree.getText());
    }

    private Expr literal(Span span, WeftParser.LiteralContext tree) {
        Token token = tree.getStart();
        return switch (token.getType()) {
            case WeftLexer.INT -> integer(span, token.getText());
            case WeftLexer.FLOAT ->
                new Expr.FloatLiteral(span, Double.parseDouble(token.getText().replace("_", "")));
            default -> new Expr.BoolLiteral(span, token.getText().equals("true"));
        };
    }

    private Expr integer(Span span, String digits) {
        try {
            return new Expr.IntLiteral(span, Long.parseLong(digits.replace("_", "")));
        } catch (NumberFormatException e) {
            errors.report(span, "number " + digits + ": must be below 2^63");
            return new Expr.IntLiteral(span, 0);
        }
    }

    private Expr.If conditional(WeftParser.ConditionalContext tree) {
        Span span = span(tree);
        @Nullable Block otherwise = null;
        if (tree.otherwise != null) {
            otherwise = block(tree.otherwise);
        } else if (tree.conditional() != null) {
            Expr.If next = conditional(tree.conditional());
            otherwise = new Block(next.span(), List.of(new Statement.Evaluate(next.span(), next)));
        }
        return new Expr.If(span, expr(tree.expr()), block(tree.then), otherwise);
    }

    Block block(WeftParser.BlockContext tree) {
        return new Block(
                span(tree), tree.statement().stream().map(this::statement).toList());
    }

    private Statement statement(WeftParser.StatementContext tree) {
        Span span = span(tree);
        return switch (tree) {
            case WeftParser.ForStatementContext loop ->
                new Statement.For(span, target(loop.target()), expr(loop.expr()), block(loop.block()));
            case WeftParser.BindStatementContext bind ->
                new Statement.Bind(span, target(bind.target()), expr(bind.expr()));
            case WeftParser.ReplaceStatementContext replace -> replace(span, replace);
            case WeftParser.StoreStatementContext store ->
                new Statement.Store(span, expr(store.place), expr(store.value));
            case WeftParser.ExprStatementContext evaluate -> new Statement.Evaluate(span, expr(evaluate.expr()));
            default -> throw unexpected(tree);
        };
    }

    private Statement replace(Span span, WeftParser.ReplaceStatementContext tree) {
        Span name = span(tree.name());
        Span bracket = Trees.span(source, ((TerminalNode) tree.getChild(tree.getChildCount() - 3)).getSymbol());
        Expr.Index place = new Expr.Index(
                name.to(bracket),
                new Expr.Name(name, tree.name().getText()),
                tree.indexItem().stream().map(this::indexItem).toList());
        Target target = new Target.One(name, tree.name().getText());
        return new Statement.Bind(span, target, new Expr.Replaced(span, place, expr(tree.expr())));
    }

    private Target target(WeftParser.TargetContext tree) {
        if (tree.name() != null) {
            return new Target.One(span(tree), tree.getText());
        }
        return new Target.Several(
                span(tree), tree.target().stream().map(this::target).toList());
    }

    Identifier identifier(WeftParser.NameContext name) {
        return Trees.identifier(source, name);
    }

    Identifier identifier(TerminalNode name) {
        return new Identifier(Trees.span(source, name.getSymbol()), name.getText());
    }

    Span span(ParserRuleContext tree) {
        return Trees.span(source, tree);
    }

    private static DefectException unexpected(ParserRuleContext tree) {
        return new DefectException("grammar: no node for " + tree.getClass().getSimpleName());
    }
}
