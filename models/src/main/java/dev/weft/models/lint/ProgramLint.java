package dev.weft.models.lint;

import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.lint.Lint;
import dev.weft.graph.UserException;
import dev.weft.models.Program;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Warnings about a program that passes the checks. */
public final class ProgramLint {

    private ProgramLint() {}

    /**
     * @param warnings about the program's own file, from its beginning to its end
     * @param notTried a sentence for each kind of trial that this program cannot be put to
     */
    public record Findings(List<Diagnostic> warnings, List<String> notTried) {
        public Findings {
            warnings = List.copyOf(warnings);
            notTried = List.copyOf(notTried);
        }
    }

    /** Lints a program; constants that were chosen are kept, others are made small. */
    public static Findings of(Program program) {
        List<Diagnostic> found = new ArrayList<>(Lint.of(program.module()));
        List<String> notTried = new ArrayList<>();
        if (program.hasModel()) {
            tryIt("gradients", program, notTried, small -> Gradients.of(small)).stream()
                    .filter(one -> found.stream().noneMatch(known -> isAbout(known, one)))
                    .toList()
                    .forEach(found::add);
            found.addAll(tryIt("later tokens", program, notTried, small -> LaterTokens.of(small)));
        }
        return new Findings(
                found.stream()
                        .sorted(Comparator.comparingInt(one -> one.span().start()))
                        .toList(),
                notTried);
    }

    /** What is never read needs no second warning for having no gradient. */
    private static boolean isAbout(Diagnostic known, Diagnostic other) {
        return known.code() == Code.UNUSED && known.span().equals(other.span());
    }

    private static List<Diagnostic> tryIt(
            String what, Program program, List<String> notTried, Function<Trial, List<Diagnostic>> lint) {
        try {
            Optional<Program> small = SmallConstants.of(program);
            if (small.isEmpty()) {
                notTried.add(what
                        + ": were not tried, no small constants satisfy the model's where; choose some with --set");
                return List.of();
            }
            return lint.apply(new Trial(small.get()));
        } catch (UserException refused) {
            notTried.add(what + ": were not tried, " + refused.getMessage());
            return List.of();
        }
    }
}
