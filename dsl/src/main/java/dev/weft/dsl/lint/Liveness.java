package dev.weft.dsl.lint;

import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names that are bound and not read before they are bound again or end: each body is walked from its end, with the names that are read
 * later. A name that starts with {@code _} says that this is meant.
 */
final class Liveness {
    private final Map<Target, Diagnostic> found = new LinkedHashMap<>();

    private Liveness() {}

    static List<Diagnostic> of(SourceFile file) {
        Liveness liveness = new Liveness();
        file.functions().forEach(function -> liveness.block(function.body(), new HashSet<>(), true));
        for (Declaration.Definition definition : file.definitions()) {
            definition.members().stream()
                    .filter(Declaration.Function.class::isInstance)
                    .map(Declaration.Function.class::cast)
                    .forEach(function -> liveness.block(function.body(), new HashSet<>(), true));
        }
        return List.copyOf(liveness.found.values());
    }

    /**
     * From the names that are read after a block to those that are read from its beginning on.
     *
     * @param last whether this walk is the one that reports; those before it find out what later turns of a loop read
     */
    private void block(Block block, Set<String> live, boolean last) {
        for (Statement statement : block.statements().reversed()) {
            switch (statement) {
                case Statement.Evaluate evaluate -> expr(evaluate.value(), live, last);
                case Statement.Store store -> {
                    expr(store.place(), live, last);
                    expr(store.value(), live, last);
                }
                case Statement.Bind bind -> {
                    Set<String> names = names(bind.target());
                    if (last && names.stream().noneMatch(name -> live.contains(name) || name.startsWith("_"))) {
                        report(bind.target(), names);
                    }
                    live.removeAll(names);
                    expr(bind.value(), live, last);
                }
                case Statement.For loop -> loop(loop, live, last);
            }
        }
    }

    private void loop(Statement.For loop, Set<String> live, boolean last) {
        Set<String> targets = names(loop.target());
        Set<String> after = new HashSet<>(live);
        int before;
        do {
            before = live.size();
            Set<String> turn = new HashSet<>(live);
            block(loop.body(), turn, false);
            turn.removeAll(targets);
            live.addAll(turn);
            live.addAll(after);
        } while (live.size() > before);
        if (last) {
            block(loop.body(), new HashSet<>(live), true);
        }
        expr(loop.iterable(), live, last);
    }

    /** A branch is a block of its own; in everything else the order does not matter, since only blocks bind. */
    private void expr(Expr expr, Set<String> live, boolean last) {
        if (expr instanceof Expr.If conditional) {
            Set<String> otherwise = new HashSet<>(live);
            block(conditional.then(), live, last);
            if (conditional.otherwise() != null) {
                block(conditional.otherwise(), otherwise, last);
            }
            live.addAll(otherwise);
            expr(conditional.condition(), live, last);
            return;
        }
        Names names = new Names();
        names.expr(expr);
        live.addAll(names.bare());
    }

    private void report(Target target, Set<String> names) {
        found.computeIfAbsent(target, at -> Diagnostic.warning(
                        Code.DROPPED,
                        at.span(),
                        String.join(", ", names) + ": " + (names.size() == 1 ? "is" : "are")
                                + " computed here and not read after that")
                .help("remove the line, or start the name with _ if this is meant"));
    }

    private static Set<String> names(Target target) {
        return switch (target) {
            case Target.One one -> Set.of(one.name());
            case Target.Several several -> {
                Set<String> names = new LinkedHashSet<>();
                several.items().forEach(item -> names.addAll(names(item)));
                yield names;
            }
        };
    }
}
