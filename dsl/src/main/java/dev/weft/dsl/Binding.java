package dev.weft.dsl;

import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.check.Checker;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether programs, a model and an optimizer, each right by itself, are right together. */
public final class Binding {

    private Binding() {}

    /**
     * What is wrong with the entries that are asked for, for all values of the constants: a member that the model does not have, say,
     * or an update that takes something else.
     */
    public static List<Diagnostic> check(LowerRequest request) {
        List<Diagnostic> found = new ArrayList<>();
        Set<String> wanted = new HashSet<>();
        request.entries().forEach(entry -> wanted.add(entry.name()));
        for (Choice program : request.programs()) {
            Set<String> entries = new HashSet<>();
            for (Declaration.Function entry : program.definition().entries()) {
                boolean asked = wanted.remove(entry.label())
                        || wanted.remove(program.definition().name() + "." + entry.label());
                if (asked) {
                    entries.add(entry.label());
                }
            }
            if (!entries.isEmpty()) {
                Checker.check(program.definition(), program.module(), bound(request, program), entries)
                        .forEach(diagnostic -> found.add(diagnostic.inWords()));
            }
        }
        return found;
    }

    private static Map<String, Checker.Bound> bound(LowerRequest request, Choice program) {
        Map<String, Checker.Bound> bound = new HashMap<>();
        String model = "model";
        for (ConstantParameter parameter : program.definition().parameters()) {
            @Nullable
            Choice choice =
                    switch (parameter.kind()) {
                        case MODEL -> request.model();
                        case OPTIMIZER -> request.optimizer();
                        case INT, FLOAT, BOOL -> null;
                    };
            if (parameter.kind() == ConstantKind.MODEL) {
                model = parameter.name();
            }
            if (choice != null) {
                bound.put(parameter.name(), bound(choice, model));
            }
        }
        return bound;
    }

    private static Checker.Bound bound(Choice choice, String model) {
        Map<String, String> parameters = new HashMap<>();
        for (ConstantParameter parameter : choice.definition().parameters()) {
            if (parameter.kind() == ConstantKind.MODEL) {
                parameters.put(parameter.name(), model);
            }
        }
        return new Checker.Bound(choice.definition(), choice.module(), parameters);
    }
}
