package dev.weft.dsl.parse;

import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Declarations, members and types from ANTLR's trees, which have no errors. */
final class DeclarationBuilder {
    private final Source source;
    private final SyntaxErrors errors;
    private final ExpressionBuilder expressions;

    DeclarationBuilder(Source source, SyntaxErrors errors) {
        this.source = source;
        this.errors = errors;
        this.expressions = new ExpressionBuilder(source, errors);
    }

    List<Declaration> declarations(WeftParser.FileContext file) {
        return file.declaration().stream().map(this::declaration).toList();
    }

    private Declaration declaration(WeftParser.DeclarationContext tree) {
        if (tree.importDeclaration() != null) {
            WeftParser.ImportDeclarationContext imported = tree.importDeclaration();
            Identifier name = identifier(imported.source);
            Identifier alias = imported.alias == null ? name : identifier(imported.alias);
            return new Declaration.Import(span(imported), name, alias);
        }
        if (tree.constant() != null) {
            return constant(tree.constant());
        }
        return tree.function() != null ? function(tree.function(), false, true) : definition(tree.definition());
    }

    private Declaration.Constant constant(WeftParser.ConstantContext tree) {
        return new Declaration.Constant(span(tree), identifier(tree.name()), expressions.expr(tree.expr()));
    }

    private Declaration.Definition definition(WeftParser.DefinitionContext tree) {
        DefinitionKind kind = DefinitionKind.valueOf(tree.kind.getText().toUpperCase(Locale.ROOT));
        List<ConstantParameter> parameters = new ArrayList<>();
        for (WeftParser.ConstantParameterContext parameter : tree.constantParameter()) {
            parameters.add(constantParameter(kind, parameters.size(), parameter));
        }
        List<Member> members = new ArrayList<>();
        for (WeftParser.MemberContext member : tree.member()) {
            members.add(member(kind, member));
        }
        return new Declaration.Definition(
                span(tree), kind, identifier(tree.name()), parameters, constraints(tree.whereClause()), members);
    }

    private ConstantParameter constantParameter(
            DefinitionKind kind, int position, WeftParser.ConstantParameterContext tree) {
        @Nullable Expr value = expressions.optional(tree.expr());
        ConstantKind constant;
        if (tree.kind != null) {
            constant = constantKind(tree.kind).orElse(ConstantKind.INT);
        } else if (value != null) {
            constant = kindOf(value);
        } else if (kind != DefinitionKind.MODEL && position == 0) {
            constant = ConstantKind.MODEL;
        } else if (kind == DefinitionKind.PROGRAM && position == 1) {
            constant = ConstantKind.OPTIMIZER;
        } else {
            constant = ConstantKind.INT;
        }
        return new ConstantParameter(span(tree), tree.parameter.getText(), constant, value);
    }

    /** The kind that a default gives its parameter: what its first literal is. */
    private static ConstantKind kindOf(Expr value) {
        return switch (value) {
            case Expr.BoolLiteral literal -> ConstantKind.BOOL;
            case Expr.FloatLiteral literal -> ConstantKind.FLOAT;
            case Expr.Name name ->
                name.text().equals("inf") || name.text().equals("pi") ? ConstantKind.FLOAT : ConstantKind.INT;
            case Expr.Unary unary -> kindOf(unary.operand());
            case Expr.Binary binary ->
                kindOf(binary.left()) == ConstantKind.FLOAT ? ConstantKind.FLOAT : kindOf(binary.right());
            case Expr.InPaths in -> ConstantKind.BOOL;
            case Expr.IntLiteral literal -> ConstantKind.INT;
            case Expr.Field field -> ConstantKind.INT;
            case Expr.Transpose transpose -> ConstantKind.INT;
            case Expr.Call call -> ConstantKind.INT;
            case Expr.Grad grad -> ConstantKind.INT;
            case Expr.Index index -> ConstantKind.INT;
            case Expr.If conditional -> ConstantKind.INT;
            case Expr.Tuple tuple -> ConstantKind.INT;
            case Expr.Rearrange rearrange -> ConstantKind.INT;
            case Expr.Replaced replaced -> ConstantKind.INT;
        };
    }

    private Optional<ConstantKind> constantKind(WeftParser.NameContext name) {
        for (ConstantKind kind : ConstantKind.values()) {
            if (kind.toString().equals(name.getText())) {
                return Optional.of(kind);
            }
        }
        errors.report(span(name), "kind " + name.getText() + ": must be one of int, float, bool, model, optimizer");
        return Optional.empty();
    }

    private Member member(DefinitionKind kind, WeftParser.MemberContext tree) {
        if (tree.constant() != null) {
            return constant(tree.constant());
        }
        if (tree.function() != null) {
            return function(tree.function(), kind == DefinitionKind.PROGRAM, false);
        }
        return tree.storage() != null ? storage(tree.storage()) : instance(tree.instance());
    }

    private Member.Storage storage(WeftParser.StorageContext tree) {
        StorageKind kind = StorageKind.valueOf(tree.kind.getText().toUpperCase(Locale.ROOT));
        if (tree.cache != null) {
            if (kind != StorageKind.STATE) {
                errors.report(Trees.span(source, tree.cache), "cache: only state can be one, as in 'state cache K: …'");
            }
            kind = StorageKind.CACHE;
        }
        return new Member.Storage(
                span(tree), kind, identifiers(tree.name()), type(tree.type()), expressions.optional(tree.expr()));
    }

    private Member.Instance instance(WeftParser.InstanceContext tree) {
        List<WeftParser.NameContext> names = tree.path().name();
        Expr path = new Expr.Name(span(names.getFirst()), names.getFirst().getText());
        if (names.size() > 1) {
            path = new Expr.Field(span(tree.path()), path, identifier(names.get(1)));
        }
        return new Member.Instance(
                span(tree),
                identifiers(tree.name()),
                tree.frozen != null,
                tree.count() == null ? null : expressions.count(tree.count()),
                path,
                expressions.arguments(tree.arguments()));
    }

    private Declaration.Function function(WeftParser.FunctionContext tree, boolean entriesAllowed, boolean topLevel) {
        boolean entry = tree.kind.getText().equals("entry");
        if (entry && !entriesAllowed) {
            errors.report(Trees.span(source, tree.kind), "entry: only a program has entries; write fn");
        }
        if (tree.name() == null && (entry || topLevel)) {
            errors.report(Trees.span(source, tree.kind), tree.kind.getText() + ": needs a name, except in a model");
        }
        List<Parameter> parameters = new ArrayList<>();
        for (WeftParser.ParametersContext group : tree.parameters()) {
            TypeExpr type = type(group.type());
            @Nullable Expr value = expressions.optional(group.expr());
            for (WeftParser.NameContext name : group.name()) {
                parameters.add(new Parameter(span(name), name.getText(), type, value));
            }
        }
        boolean expressionBody = tree.body != null;
        return new Declaration.Function(
                span(tree),
                entry,
                tree.name() == null ? null : identifier(tree.name()),
                parameters,
                tree.result == null ? null : type(tree.result),
                constraints(tree.whereClause()),
                expressionBody,
                tree.body != null ? only(expressions.expr(tree.body)) : expressions.block(tree.block()));
    }

    private static Block only(Expr value) {
        return new Block(value.span(), List.of(new Statement.Evaluate(value.span(), value)));
    }

    private List<Expr> constraints(WeftParser.@Nullable WhereClauseContext tree) {
        return tree == null ? List.of() : expressions.exprs(tree.expr());
    }

    private TypeExpr type(WeftParser.TypeContext tree) {
        Span span = span(tree);
        return switch (tree) {
            case WeftParser.TensorTypeContext tensor -> tensor(span, tensor);
            case WeftParser.LikeTypeContext like -> new TypeExpr.Like(span, expressions.expr(like.expr()));
            case WeftParser.ArgumentsTypeContext arguments -> {
                if (!arguments.name().getText().equals("arguments")) {
                    errors.report(
                            span,
                            "type: expected arguments(FUNCTION), got "
                                    + arguments.name().getText() + "(…)");
                }
                yield new TypeExpr.Arguments(span, expressions.expr(arguments.expr()));
            }
            case WeftParser.TupleTypeContext tuple -> {
                List<TypeExpr> items = tuple.type().stream().map(this::type).toList();
                boolean group = items.size() == 1 && !tuple.getText().endsWith(",)");
                yield group ? items.getFirst() : new TypeExpr.TupleOf(span, items);
            }
            case WeftParser.ConstantTypeContext constant -> constantType(span, constant);
            default ->
                throw new DefectException(
                        "grammar: no node for " + tree.getClass().getSimpleName());
        };
    }

    private TypeExpr constantType(Span span, WeftParser.ConstantTypeContext tree) {
        String text = tree.name().getText();
        // `bool` is also an element type; without brackets it is the constant.
        if (element(text).isPresent() && !text.equals("bool")) {
            errors.report(span, "type " + text + ": has no shape; a run-time scalar is " + text + "[]");
        }
        ConstantKind kind = element(text).isPresent() && !text.equals("bool")
                ? ConstantKind.FLOAT
                : constantKind(tree.name()).orElse(ConstantKind.INT);
        if (kind == ConstantKind.MODEL || kind == ConstantKind.OPTIMIZER) {
            errors.report(span, "parameter: a function takes no " + kind + "; only an optimizer or a program does");
        }
        return new TypeExpr.Constant(span, kind);
    }

    private TypeExpr tensor(Span span, WeftParser.TensorTypeContext tree) {
        String text = tree.name().getText();
        Optional<ElementType> element = element(text);
        if (element.isEmpty()) {
            errors.report(
                    span(tree.name()),
                    "element type " + text + ": must be one of f32, i32, bool, bf16, f16, f64, i64, i8, u8");
        }
        List<Expr> sizes = new ArrayList<>();
        boolean rest = false;
        for (int i = 0; i < tree.typeSize().size(); i++) {
            WeftParser.TypeSizeContext size = tree.typeSize(i);
            if (size.expr() != null) {
                sizes.add(expressions.expr(size.expr()));
            } else if (i == 0) {
                rest = true;
            } else {
                errors.report(span(size), "...: stands for the leading axes and comes first in a type");
            }
        }
        return new TypeExpr.Tensor(span, element.orElse(ElementType.F32), rest, sizes);
    }

    static Optional<ElementType> element(String name) {
        for (ElementType type : ElementType.values()) {
            if (type.toString().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private List<Identifier> identifiers(List<WeftParser.NameContext> names) {
        return names.stream().map(this::identifier).toList();
    }

    private Identifier identifier(WeftParser.NameContext name) {
        return Trees.identifier(source, name);
    }

    private Span span(ParserRuleContext tree) {
        return Trees.span(source, tree);
    }
}
