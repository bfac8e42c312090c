package dev.weft.backend.testkit;

import dev.weft.backend.testkit.Outcome.Verdict;
import java.util.List;
import java.util.Locale;

/** The outcomes of all checks of a backend. */
public record Report(String backend, List<Outcome> outcomes) {

    private static final String LEGEND = "– is no such type, no is unsupported, * is through casts or simpler ops";

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

    /**
     * The worst error of each op on each type as a table; a line for every other check, and for each op that fails or is not computed as it
     * is; and a closing line.
     */
    public String text() {
        StringBuilder out = new StringBuilder();
        OpTable table = new OpTable(outcomes);
        if (!table.isEmpty()) {
            out.append("worst error, relative; ").append(LEGEND).append("\n\n");
            out.append(table.text()).append('\n');
        }
        String group = "";
        for (Outcome outcome : outcomes) {
            if (outcome.group().equals(OpTable.GROUP) && outcome.verdict() == Verdict.PASSED) {
                continue;
            }
            if (!outcome.group().equals(group)) {
                group = outcome.group();
                out.append(group).append('\n');
            }
            out.append(line(outcome)).append('\n');
        }
        return out.append(closing()).append('\n').toString();
    }

    private String closing() {
        return "backend %s: %s. %d passed, %d decomposed, %d unsupported, %d failed."
                .formatted(
                        backend,
                        conforms() ? "conforms" : "does not conform",
                        count(Verdict.PASSED),
                        count(Verdict.DECOMPOSED),
                        count(Verdict.UNSUPPORTED),
                        count(Verdict.FAILED));
    }

    /** The same as Markdown: a table of ops and types, and a table of all other checks. */
    public String markdown() {
        StringBuilder out = new StringBuilder();
        OpTable table = new OpTable(outcomes);
        if (!table.isEmpty()) {
            out.append(table.markdown()).append('\n');
        }
        List<Outcome> others = outcomes.stream()
                .filter(outcome -> !outcome.group().equals(OpTable.GROUP))
                .toList();
        if (!others.isEmpty()) {
            out.append("| check | worst error |\n|---|---|\n");
            others.forEach(outcome -> out.append("| %s: %s | %s |\n"
                    .formatted(
                            outcome.group(),
                            outcome.name(),
                            outcome.verdict() == Verdict.UNSUPPORTED ? "no" : OpTable.worst(outcome))));
            out.append('\n');
        }
        return out.append(closing()).append('\n').toString();
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
