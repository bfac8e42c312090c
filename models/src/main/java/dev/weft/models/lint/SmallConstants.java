package dev.weft.models.lint;

import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Expr;
import dev.weft.graph.UserException;
import dev.weft.models.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program with small numbers for its int constants, so that trying it costs nothing: what a program computes wrongly, it computes
 * wrongly at every size. Those that were chosen stay.
 */
final class SmallConstants {

    /** Smaller ones hide things: a norm over two numbers forgets all but a sign. */
    private static final int SMALLEST = 4;

    private static final int LARGEST = 64;

    private SmallConstants() {}

    static Optional<Program> of(Program program) {
        List<ConstantParameter> ints = program.modelConstants().stream()
                .filter(parameter -> parameter.kind() == ConstantKind.INT)
                .filter(parameter -> !program.constants().containsKey(parameter.name()))
                .toList();
        Map<String, String> chosen = new LinkedHashMap<>();
        ints.stream()
                .filter(parameter -> parameter.defaultValue() == null)
                .forEach(parameter -> chosen.put(parameter.name(), String.valueOf(2 * SMALLEST)));
        if (!binds(program.with(chosen))) {
            return Optional.empty();
        }
        for (ConstantParameter parameter : ints) {
            long now = chosen.containsKey(parameter.name())
                    ? 2L * SMALLEST
                    : parameter.defaultValue() instanceof Expr.IntLiteral literal ? literal.value() : LARGEST;
            for (long value = SMALLEST; value < Math.min(now, LARGEST); value++) {
                Map<String, String> smaller = new LinkedHashMap<>(chosen);
                smaller.put(parameter.name(), String.valueOf(value));
                if (binds(program.with(smaller))) {
                    chosen.putAll(smaller);
                    break;
                }
            }
        }
        return Optional.of(program.with(chosen));
    }

    private static boolean binds(Program program) {
        try {
            program.boundConstants();
            return true;
        } catch (UserException refused) {
            return false;
        }
    }
}
