package dev.weft.backend.testkit;

import dev.weft.backend.testkit.Outcome.Verdict;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** The worst error of each op on each type as a Markdown table; a dash where an op has no such type, or a backend no such op. */
    public String markdown() {
        Map<String, Map<String, Outcome>> byOp = new LinkedHashMap<>();
        Set<String> elements = new LinkedHashSet<>();
        for (Outcome outcome : outcomes) {
            if (outcome.group().equals("ops")) {
                String[] words = outcome.name().split(" ");
                byOp.computeIfAbsent(words[0], op -> new HashMap<>()).put(words[1], outcome);
                elements.add(words[1]);
            }
        }
        StringBuilder out = new StringBuilder("| op | " + String.join(" | ", elements) + " |\n");
        out.append("|---|").append("---|".repeat(elements.size())).append('\n');
        byOp.forEach((op, byElement) -> {
            out.append("| ").append(op).append(" |");
            elements.forEach(element ->
                    out.append(' ').append(cell(byElement.get(element))).append(" |"));
            out.append('\n');
        });
        return out.toString();
    }

    private static String cell(@Nullable Outcome outcome) {
        if (outcome == null) {
            return "–";
        }
        String worst = outcome.deviation() == 0 ? "0" : String.format(Locale.ROOT, "%.1e", outcome.deviation());
        return switch (outcome.verdict()) {
            case PASSED -> worst;
            case DECOMPOSED -> worst + " by casts";
            case UNSUPPORTED -> "–";
            case FAILED -> "**fails**";
        };
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
