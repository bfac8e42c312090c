package dev.weft.dsl.lint;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Pattern;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.TypeExpr;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that a piece of a program reads: bare ones, and those of members behind a dot. What is only written is not read. */
final class Names {
    private final Set<String> bare = new HashSet<>();
    private final Set<String> members = new HashSet<>();

    Set<String> bare() {
        return bare;
    }

    /** {@code weight} of {@code embed.weight}. */
    Set<String> members() {
        return members;
    }

    Names function(Declaration.Function function) {
        function.parameters().forEach(this::parameter);
        function.constraints().forEach(this::expr);
        if (function.result() != null) {
            type(function.result());
        }
        return block(function.body());
    }

    Names definition(Declaration.Definition definition) {
        definition.parameters().forEach(parameter -> optional(parameter.defaultValue()));
        definition.constraints().forEach(this::expr);
        for (Member member : definition.members()) {
            switch (member) {
                case Declaration.Constant constant -> expr(constant.value());
                case Declaration.Function function -> function(function);
                case Member.Storage storage -> {
                    type(storage.type());
                    optional(storage.initial());
                }
                case Member.Instance part -> {
                    optional(part.count());
                    expr(part.path());
                    arguments(part.arguments());
                }
            }
        }
        return this;
    }

    void parameter(Parameter parameter) {
        type(parameter.type());
        optional(parameter.defaultValue());
    }

    void type(TypeExpr type) {
        switch (type) {
            case TypeExpr.Tensor tensor -> tensor.sizes().forEach(this::expr);
            case TypeExpr.TupleOf tuple -> tuple.items().forEach(this::type);
            case TypeExpr.Like like -> expr(like.tree());
            case TypeExpr.Arguments arguments -> expr(arguments.function());
            case TypeExpr.Constant constant -> {}
        }
    }

    Names block(Block block) {
        for (Statement statement : block.statements()) {
            switch (statement) {
                case Statement.Bind bind -> expr(bind.value());
                case Statement.Store store -> {
                    place(store.place());
                    expr(store.value());
                }
                case Statement.For loop -> {
                    expr(loop.iterable());
                    block(loop.body());
                }
                case Statement.Evaluate evaluate -> expr(evaluate.value());
            }
        }
        return this;
    }

    /** What is written is not read by that; the index that says where is. */
    void place(Expr place) {
        switch (place) {
            case Expr.Name name -> {}
            case Expr.Field field -> expr(field.target());
            case Expr.Index index -> {
                place(index.target());
                index.items().forEach(this::item);
            }
            default -> expr(place);
        }
    }

    void expr(Expr expr) {
        switch (expr) {
            case Expr.Name name -> bare.add(name.text());
            case Expr.Field field -> {
                members.add(field.name().text());
                expr(field.target());
            }
            case Expr.Transpose transpose -> expr(transpose.target());
            case Expr.Call call -> {
                expr(call.callee());
                arguments(call.arguments());
            }
            case Expr.Grad grad -> {
                expr(grad.function());
                grad.wrt().forEach(this::expr);
            }
            case Expr.Index index -> {
                expr(index.target());
                index.items().forEach(this::item);
            }
            case Expr.Unary unary -> expr(unary.operand());
            case Expr.InPaths in -> expr(in.path());
            case Expr.Binary binary -> {
                expr(binary.left());
                expr(binary.right());
            }
            case Expr.If conditional -> {
                expr(conditional.condition());
                block(conditional.then());
                if (conditional.otherwise() != null) {
                    block(conditional.otherwise());
                }
            }
            case Expr.Tuple tuple -> tuple.items().forEach(this::expr);
            case Expr.Replaced replaced -> {
                expr(replaced.place());
                expr(replaced.value());
            }
            case Expr.Rearrange rearrange -> {
                expr(rearrange.operand());
                pattern(rearrange.from());
                pattern(rearrange.to());
            }
            case Expr.IntLiteral literal -> {}
            case Expr.FloatLiteral literal -> {}
            case Expr.BoolLiteral literal -> {}
        }
    }

    private void arguments(List<Argument> arguments) {
        arguments.forEach(argument -> expr(argument.value()));
    }

    void item(IndexItem item) {
        switch (item) {
            case IndexItem.At at -> expr(at.index());
            case IndexItem.Range range -> {
                optional(range.start());
                optional(range.stop());
                optional(range.step());
            }
            case IndexItem.Window window -> {
                expr(window.start());
                expr(window.length());
            }
            case IndexItem.NewAxis newAxis -> {}
            case IndexItem.Ellipsis ellipsis -> {}
        }
    }

    private void pattern(Pattern pattern) {
        optional(pattern.count());
        for (Pattern.Axis axis : pattern.axes()) {
            if (axis instanceof Pattern.Group group) {
                group.atoms().forEach(this::expr);
            }
        }
    }

    private void optional(@Nullable Expr expr) {
        if (expr != null) {
            expr(expr);
        }
    }
}
