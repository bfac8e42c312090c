package dev.weft.dsl.check;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds expressions that stand as statements, give a value that nothing takes, and write nothing. */
final class Dropped {
    private final Report report = new Report();
    private final Set<Statement> unwanted = Collections.newSetFromMap(new IdentityHashMap<>());

    List<Diagnostic> found() {
        return report.found();
    }

    /** Looks which statements of a body give what nothing takes; the last one gives the result, if there is one. */
    void body(Declaration.Function function) {
        block(function.body(), function.result() != null || function.entry());
    }

    private void block(Block block, boolean wanted) {
        for (int i = 0; i < block.statements().size(); i++) {
            boolean takes = wanted && i == block.statements().size() - 1;
            switch (block.statements().get(i)) {
                case Statement.For loop -> block(loop.body(), false);
                case Statement.Evaluate evaluate -> {
                    if (evaluate.value() instanceof Expr.If conditional) {
                        block(conditional.then(), takes);
                        Optional.ofNullable(conditional.otherwise()).ifPresent(otherwise -> block(otherwise, takes));
                    } else if (!takes) {
                        unwanted.add(evaluate);
                    }
                }
                case Statement.Bind bind -> {}
                case Statement.Store store -> {}
            }
        }
    }

    /** A statement in a walk through its body, with the type of its expression there. */
    void statement(Statement.Evaluate statement, Type type, Evaluator here) {
        boolean value = !(type instanceof Type.Nothing) && !type.isUnknown();
        if (value && unwanted.contains(statement) && !writes(statement.value(), here)) {
            report.add(Diagnostic.warning(
                            Code.DROPPED,
                            statement.span(),
                            "value: is computed and dropped, it is " + type.describe() + " and nothing here takes it")
                    .help("give it a name, as in x = …, or remove it"));
        }
    }

    // ---- what may write

    private static boolean writes(Expr expr, Evaluator here) {
        return switch (expr) {
            case Expr.Call call ->
                callee(here.evaluate(call.callee()))
                        || writes(call.callee(), here)
                        || call.arguments().stream().map(Argument::value).anyMatch(value -> writes(value, here));
            case Expr.Field field -> writes(field.target(), here);
            case Expr.Transpose transpose -> writes(transpose.target(), here);
            case Expr.Index index ->
                writes(index.target(), here) || index.items().stream().anyMatch(item -> writes(item, here));
            case Expr.Unary unary -> writes(unary.operand(), here);
            case Expr.Binary binary -> writes(binary.left(), here) || writes(binary.right(), here);
            case Expr.Tuple tuple -> tuple.items().stream().anyMatch(item -> writes(item, here));
            case Expr.Rearrange rearrange -> writes(rearrange.operand(), here);
            case Expr.Replaced replaced -> writes(replaced.place(), here) || writes(replaced.value(), here);
            case Expr.InPaths in -> false;
            case Expr.Name name -> false;
            case Expr.IntLiteral literal -> false;
            case Expr.FloatLiteral literal -> false;
            case Expr.BoolLiteral literal -> false;
            // Branches have statements of their own.
            case Expr.If conditional -> true;
            case Expr.Grad grad -> false;
        };
    }

    private static boolean writes(IndexItem item, Evaluator here) {
        return switch (item) {
            case IndexItem.At at -> writes(at.index(), here);
            case IndexItem.Window window -> writes(window.start(), here);
            case IndexItem.Range range -> false;
            case IndexItem.NewAxis newAxis -> false;
            case IndexItem.Ellipsis ellipsis -> false;
        };
    }

    /** Whether a call of this may write: storage is written by optimizers and programs, and state by its own model. */
    private static boolean callee(Type type) {
        return switch (type) {
            case Type.BuiltIn builtIn -> false;
            case Type.Part part -> hasState(part.instance());
            case Type.Function function -> {
                Instance self = function.self();
                yield self != null && (self.definition().kind() != DefinitionKind.MODEL || hasState(self));
            }
            case Type.Gradient gradient -> callee(gradient.function());
            default -> true;
        };
    }

    private static boolean hasState(Instance instance) {
        for (Member member : instance.definition().members()) {
            boolean state =
                    switch (member) {
                        case Member.Storage storage ->
                            storage.kind() == StorageKind.STATE || storage.kind() == StorageKind.CACHE;
                        case Member.Instance part ->
                            instance.member(part.names().getFirst().text())
                                    .map(type -> switch (type) {
                                        case Type.Part one -> hasState(one.instance());
                                        case Type.Parts list -> hasState(list.element());
                                        default -> true;
                                    })
                                    .orElse(true);
                        case Declaration.Constant constant -> false;
                        case Declaration.Function function -> false;
                    };
            if (state) {
                return true;
            }
        }
        return false;
    }
}
