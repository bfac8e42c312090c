package dev.weft.backend.testkit;

import dev.weft.backend.testkit.Outcome.Verdict;
import java.util.List;
import java.util.Locale;

/** The outcomes of all checks of a backend. */
public record Report(String backend, List<Outcome> outcomes) {

    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether nothing failed. */
    public boolean conforms() {
        return count(Verdict.FAILED) == 0;
    }

    public long count(Verdict verdict) {
        return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).count();
    }

    /** A table with a line for each outcome, and a closing line. */
    public String text() {
        StringBuilder out = new StringBuilder();
        String group = "";
        for (Outcome outcome : outcomes) {
            if (!outcome.group().equals(group)) {
                group = outcome.group();
                out.append(group).append('\n');
            }
            out.append(line(outcome)).append('\n');
        }
        return out.append("backend %s: %s. %d passed, %d decomposed, %d unsupported, %d failed."
                        .formatted(
                                backend,
                                conforms() ? "conforms" : "does not conform",
                                count(Verdict.PASSED),
                                count(Verdict.DECOMPOSED),
                                count(Verdict.UNSUPPORTED),
                                count(Verdict.FAILED)))
                .append('\n')
                .toString();
    }

    /** One outcome as a line: verdict, name, worst deviation, detail. */
    public static String line(Outcome outcome) {
        String worst = outcome.deviation() > 0 && Double.isFinite(outcome.deviation())
                ? String.format(Locale.ROOT, "%.1e", outcome.deviation())
                : "";
        return "  %-12s %-36s %8s  %s"
                .formatted(
                        outcome.verdict().toString().toLowerCase(Locale.ROOT), outcome.name(), worst, outcome.detail())
                .stripTrailing();
    }
}
