package dev.weft.graph.verify;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks what holds for every program between two passes: see {@link GraphChecks} and {@link CallChecks}. */
public final class Verifier implements Pipeline.Observer {

    /** Enough to see a pattern, few enough to read. */
    private static final int SHOWN = 5;

    private final Set<Class<? extends Op>> removed = new HashSet<>();

    /** What is wrong with a program, a sentence each; nothing if it is well formed. */
    public static List<String> problems(Program program) {
        List<String> problems = new ArrayList<>();
        for (Graph function : program.functions()) {
            GraphChecks.check(function, problems);
            CallChecks.check(program, function, problems);
        }
        return problems;
    }

    /**
     * Fails unless the program is well formed and has none of the ops in {@code removed}.
     *
     * @param after what made the program, for the sentence
     */
    public static void verify(Program program, String after, Collection<Class<? extends Op>> removed) {
        List<String> problems = problems(program);
        for (Graph function : program.functions()) {
            for (Value value : function.values()) {
                if (removed.contains(value.op().getClass())) {
                    problems.add("%s: %%%d: %s must be gone"
                            .formatted(function.name(), value.id(), value.op().mnemonic()));
                }
            }
        }
        if (!problems.isEmpty()) {
            String more = problems.size() > SHOWN ? "; and %d more".formatted(problems.size() - SHOWN) : "";
            throw new DefectException("after %s: %s%s"
                    .formatted(after, String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size()))), more));
        }
    }

    /** Verifies after each pass; what one pass removes must stay away. One verifier for each run of a pipeline. */
    @Override
    public void after(int number, Pass pass, Program result) {
        removed.addAll(pass.removes());
        verify(result, pass.name(), removed);
    }
}
