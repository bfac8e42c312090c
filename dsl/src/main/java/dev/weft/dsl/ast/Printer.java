package dev.weft.dsl.ast;

import dev.weft.graph.PathPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A syntax tree as text, one statement a line: it parses to the same tree. Every operation stands in parentheses, so that it shows how the
 * text was understood; comments and line breaks of the source are not kept.
 */
public final class Printer {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    private Printer() {}

    public static String print(SourceFile file) {
        Printer printer = new Printer();
        file.declarations().forEach(printer::declaration);
        return printer.text.toString();
    }

    public static String print(Expr expr) {
        return new Printer().expr(expr);
    }

    private void line(String content) {
        text.append("    ".repeat(depth)).append(content).append('\n');
    }

    private void declaration(Declaration declaration) {
        switch (declaration) {
            case Declaration.Import imported -> line("import " + imported.source() + " as " + imported.alias());
            case Declaration.Constant constant -> line("let " + constant.name() + " = " + expr(constant.value()));
            case Declaration.Function function -> function(function);
            case Declaration.Definition definition -> definition(definition);
        }
    }

    private void definition(Declaration.Definition definition) {
        String parameters = definition.parameters().stream()
                .map(parameter -> parameter.name() + ": " + parameter.kind() + value(parameter.defaultValue()))
                .collect(Collectors.joining(", "));
        line(definition.kind() + " " + definition.name() + "(" + parameters + ")" + where(definition.constraints())
                + " {");
        depth++;
        for (Member member : definition.members()) {
            switch (member) {
                case Declaration.Constant constant -> declaration(constant);
                case Declaration.Function function -> function(function);
                case Member.Storage storage ->
                    line(storage.kind() + " " + names(storage.names()) + ": " + type(storage.type())
                            + value(storage.initial()));
                case Member.Instance part -> part(part);
            }
        }
        depth--;
        line("}");
    }

    private void part(Member.Instance part) {
        Expr count = part.count();
        line(names(part.names()) + ": " + (part.frozen() ? "frozen " : "")
                + (count == null ? "" : "(" + expr(count) + ") * ")
                + expr(part.path()) + "(" + arguments(part.arguments()) + ")");
    }

    private static String names(List<Identifier> names) {
        return names.stream().map(Identifier::text).collect(Collectors.joining(", "));
    }

    private void function(Declaration.Function function) {
        String parameters = function.parameters().stream()
                .map(parameter -> parameter.name() + ": " + type(parameter.type()) + value(parameter.defaultValue()))
                .collect(Collectors.joining(", "));
        TypeExpr result = function.result();
        Identifier name = function.name();
        line((function.entry() ? "entry " : "fn ") + (name == null ? "" : name)
                + "(" + parameters + ")"
                + (result == null ? "" : " -> " + type(result))
                + where(function.constraints()) + " {");
        lines(function.body());
        line("}");
    }

    private String where(List<Expr> constraints) {
        return constraints.isEmpty()
                ? ""
                : constraints.stream().map(this::expr).collect(Collectors.joining(", ", " where ", ""));
    }

    private String value(@Nullable Expr value) {
        return value == null ? "" : " = " + expr(value);
    }

    private String type(TypeExpr type) {
        return switch (type) {
            case TypeExpr.Tensor tensor -> {
                List<String> sizes = new ArrayList<>();
                if (tensor.rest()) {
                    sizes.add("...");
                }
                tensor.sizes().forEach(size -> sizes.add(expr(size)));
                yield tensor.element() + "[" + String.join(", ", sizes) + "]";
            }
            case TypeExpr.Constant constant -> constant.kind().toString();
            case TypeExpr.TupleOf tuple ->
                tuple.items().stream()
                        .map(this::type)
                        .collect(Collectors.joining(", ", "(", tuple.items().size() == 1 ? ",)" : ")"));
            case TypeExpr.Like like -> "like " + expr(like.tree());
            case TypeExpr.Arguments arguments -> "arguments(" + expr(arguments.function()) + ")";
        };
    }

    // ---- statements

    private void lines(Block block) {
        depth++;
        block.statements().forEach(this::statement);
        depth--;
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Bind(Span _, Target _, Expr.Replaced(Span _, Expr.Index place, Expr value)) ->
                line(expr(place) + " = " + expr(value));
            case Statement.Bind bind -> line(target(bind.target()) + " = " + expr(bind.value()));
            case Statement.Store store -> line(expr(store.place()) + " := " + expr(store.value()));
            case Statement.For loop -> {
                line("for " + target(loop.target()) + " in " + expr(loop.iterable()) + " {");
                lines(loop.body());
                line("}");
            }
            case Statement.Evaluate evaluate -> line(expr(evaluate.value()));
        }
    }

    private static String target(Target target) {
        return switch (target) {
            case Target.One one -> one.name();
            case Target.Several several ->
                several.items().stream()
                        .map(Printer::target)
                        .collect(Collectors.joining(", ", "(", several.items().size() == 1 ? ",)" : ")"));
        };
    }

    // ---- expressions

    private String expr(Expr expr) {
        return switch (expr) {
            case Expr.IntLiteral literal -> String.valueOf(literal.value());
            case Expr.FloatLiteral literal -> number(literal.value());
            case Expr.BoolLiteral literal -> String.valueOf(literal.value());
            case Expr.Name name -> name.text();
            case Expr.Field field -> expr(field.target()) + "." + field.name();
            case Expr.Transpose transpose -> expr(transpose.target()) + ".T";
            case Expr.Call call -> expr(call.callee()) + "(" + arguments(call.arguments()) + ")";
            case Expr.Grad grad ->
                (grad.withValue() ? "value_and_grad(" : "grad(") + expr(grad.function())
                        + grad.wrt().stream().map(wrt -> ", wrt " + expr(wrt)).collect(Collectors.joining()) + ")";
            case Expr.Index index ->
                expr(index.target())
                        + index.items().stream().map(this::item).collect(Collectors.joining(", ", "[", "]"));
            case Expr.Unary unary -> "(" + unary.operator().symbol() + " " + expr(unary.operand()) + ")";
            case Expr.Binary binary ->
                "(" + expr(binary.left()) + " " + binary.operator().symbol() + " " + expr(binary.right()) + ")";
            case Expr.InPaths in ->
                in.patterns().stream()
                        .map(PathPattern::toString)
                        .collect(Collectors.joining(", ", "(" + expr(in.path()) + " in [", "])"));
            case Expr.If conditional -> conditional(conditional);
            case Expr.Tuple tuple ->
                tuple.items().stream()
                        .map(this::expr)
                        .collect(Collectors.joining(", ", "(", tuple.items().size() == 1 ? ",)" : ")"));
            case Expr.Replaced replaced -> expr(replaced.place()) + " = " + expr(replaced.value());
            case Expr.Rearrange rearrange ->
                "(" + expr(rearrange.operand()) + " as " + pattern(rearrange.from()) + " -> " + pattern(rearrange.to())
                        + ")";
        };
    }

    /** Digits that the grammar reads as the same number: always a point or an exponent, never {@code 1.0E-5}. */
    private static String number(double value) {
        return String.valueOf(value).replace('E', 'e');
    }

    private String arguments(List<Argument> arguments) {
        return arguments.stream()
                .map(argument -> {
                    Identifier name = argument.name();
                    String prefix = argument.spread() ? "..." : name == null ? "" : name + " = ";
                    return prefix + expr(argument.value());
                })
                .collect(Collectors.joining(", "));
    }

    private String item(IndexItem item) {
        return switch (item) {
            case IndexItem.At at -> expr(at.index());
            case IndexItem.Range range -> {
                Expr step = range.step();
                yield bound(range.start()) + ":" + bound(range.stop()) + (step == null ? "" : ":" + expr(step));
            }
            case IndexItem.Window window -> expr(window.start()) + " ..+ " + expr(window.length());
            case IndexItem.NewAxis newAxis -> "_";
            case IndexItem.Ellipsis ellipsis -> "...";
        };
    }

    private String bound(@Nullable Expr bound) {
        return bound == null ? "" : expr(bound);
    }

    private String conditional(Expr.If conditional) {
        Block otherwise = conditional.otherwise();
        return "if " + expr(conditional.condition()) + " " + block(conditional.then())
                + (otherwise == null ? "" : " else " + block(otherwise));
    }

    /** A block within an expression, over several lines. */
    private String block(Block block) {
        Printer inner = new Printer();
        inner.depth = depth;
        inner.lines(block);
        return "{\n" + inner.text + "    ".repeat(depth) + "}";
    }

    private String pattern(Pattern pattern) {
        Expr count = pattern.count();
        String axes = pattern.axes().stream()
                .map(axis -> switch (axis) {
                    case Pattern.Rest rest -> "...";
                    case Pattern.Group group ->
                        group.atoms().size() == 1
                                ? expr(group.atoms().getFirst())
                                : group.atoms().stream().map(this::expr).collect(Collectors.joining(" ", "(", ")"));
                })
                .collect(Collectors.joining(", ", "[", "]"));
        return count == null ? axes : expr(count) + " * " + axes;
    }
}
