package dev.weft.cli;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.text.ProgramPrinter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a pass changed, as a unified diff. A value's number stands for what it computes and is the same on both sides: the numbers of
 * the text form shift with every value that goes, and would make all lines below it differ.
 */
final class PassDiff {

    private static final int CONTEXT = 3;

    /** Numbers by what is computed: an op on numbers, or a parameter. */
    private final Map<String, Integer> numbers = new HashMap<>();

    private PassDiff() {}

    static String of(String nameBefore, Program before, String nameAfter, Program after) {
        PassDiff diff = new PassDiff();
        List<String> from = diff.lines(before);
        List<String> to = diff.lines(after);
        List<String> lines =
                UnifiedDiffUtils.generateUnifiedDiff(nameBefore, nameAfter, from, DiffUtils.diff(from, to), CONTEXT);
        return lines.isEmpty() ? "no difference\n" : String.join("\n", lines) + "\n";
    }

    private List<String> lines(Program program) {
        List<String> lines = new ArrayList<>();
        for (Graph function : program.functions()) {
            Map<Value, Integer> ids = ids(function);
            lines.add("fn @" + function.name() + "("
                    + function.parameters().stream()
                            .map(parameter -> "%" + ids.get(parameter) + " \"" + Graph.parameterName(parameter) + "\": "
                                    + ProgramPrinter.type(parameter.type()))
                            .collect(Collectors.joining(", "))
                    + ") {");
            for (Value value : function.values()) {
                if (!(value.op() instanceof Parameter)) {
                    lines.add("  " + ProgramPrinter.line(value, ids));
                }
            }
            lines.add("  return "
                    + function.results().stream()
                            .map(result -> "%" + ids.get(result))
                            .collect(Collectors.joining(", ")));
            lines.add("}");
        }
        return lines;
    }

    private Map<Value, Integer> ids(Graph function) {
        Map<Value, Integer> ids = new IdentityHashMap<>();
        for (Value value : function.values()) {
            String computed = value.op() instanceof Parameter parameter
                    ? "parameter " + parameter.name() + " " + ProgramPrinter.type(value.type())
                    : ProgramPrinter.line(value, ids);
            ids.put(value, numbers.computeIfAbsent(computed, unknown -> numbers.size()));
        }
        return ids;
    }
}
