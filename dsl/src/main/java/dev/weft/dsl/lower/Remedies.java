package dev.weft.dsl.lower;

import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** For a {@code where} that does not hold, the nearest values of one constant that would do, the others as they are. */
final class Remedies {

    private static final long REACH = 2048;

    private final Parts parts;
    private final Unit unit;
    private final Declaration.Definition definition;

    Remedies(Parts parts, Unit unit, Declaration.Definition definition) {
        this.parts = parts;
        this.unit = unit;
        this.definition = definition;
    }

    Refusal refuse(Instance instance, Expr constraint, Span span) {
        Evaluator evaluator = Evaluator.constants(parts.session(), Scope.of(unit, instance));
        List<String> remedies = new ArrayList<>();
        for (ConstantParameter parameter : definition.parameters()) {
            if (parameter.kind() == ConstantKind.INT
                    && Constraints.names(constraint).contains(parameter.name())) {
                List<Long> would = would(instance, parameter.name(), span);
                if (!would.isEmpty()) {
                    remedies.add(parameter.name() + " = "
                            + String.join(
                                    " or ", would.stream().map(String::valueOf).toList()));
                }
            }
        }
        return Refusal.ofValues(
                span,
                "%s: must have %s (%s)%s%s",
                definition.name(),
                constraint.span().text(),
                constraint.span(),
                Constraints.values(constraint, evaluator),
                remedies.isEmpty() ? "" : "; " + String.join(", or ", remedies) + " would do");
    }

    private List<Long> would(Instance instance, String name, Span span) {
        if (!(instance.find(name).orElse(null) instanceof Val.Int(long now))) {
            return List.of();
        }
        OptionalLong less = LongStream.iterate(now - 1, value -> value >= Math.max(1, now - REACH), value -> value - 1)
                .filter(value -> holds(instance, name, value, span))
                .findFirst();
        OptionalLong more = LongStream.iterate(Math.max(1, now + 1), value -> value + 1)
                .limit(REACH)
                .filter(value -> holds(instance, name, value, span))
                .findFirst();
        return LongStream.concat(less.stream(), more.stream()).boxed().toList();
    }

    private boolean holds(Instance instance, String name, long value, Span span) {
        Map<String, Val> changed = new LinkedHashMap<>();
        definition
                .parameters()
                .forEach(parameter -> changed.put(
                        parameter.name(), instance.find(parameter.name()).orElseThrow()));
        changed.put(name, new Val.Int(value));
        try {
            Instance tried = parts.bound(unit, definition, changed, instance.path(), instance.frozen(), span);
            Evaluator evaluator = Evaluator.constants(parts.session(), Scope.of(unit, tried));
            return definition.constraints().stream().allMatch(evaluator::truth);
        } catch (UserException refused) {
            return false;
        }
    }
}
