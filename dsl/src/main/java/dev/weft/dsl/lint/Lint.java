package dev.weft.dsl.lint;

import dev.weft.dsl.Module;
import dev.weft.dsl.check.Checker;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Warnings that the text alone gives. */
public final class Lint {

    private Lint() {}

    /** What is hardly ever meant in a file that passes the checks, from its beginning to its end. */
    public static List<Diagnostic> of(Module module) {
        List<Diagnostic> found = new ArrayList<>(new Unused(module.file()).found());
        found.addAll(Liveness.of(module.file()));
        found.addAll(Checker.dropped(module));
        return found.stream()
                .filter(one -> one.span().source().equals(module.file().source()))
                .sorted(Comparator.comparingInt(one -> one.span().start()))
                .toList();
    }
}
