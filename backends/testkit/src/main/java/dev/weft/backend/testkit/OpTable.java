package dev.weft.backend.testkit;

import dev.weft.backend.testkit.Outcome.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** The worst error of each op on each element type: the outcomes of group {@code ops}, whose names are {@code exp f32}. */
final class OpTable {

    static final String GROUP = "ops";

    private static final String NONE = "–";
    private static final int OP_WIDTH = 20;
    private static final int CELL_WIDTH = 9;

    private final SequencedMap<String, Map<String, Outcome>> byOp = new LinkedHashMap<>();
    private final SequencedSet<String> elements = new LinkedHashSet<>();

    OpTable(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome.group().equals(GROUP)) {
                String[] words = outcome.name().split(" ");
                byOp.computeIfAbsent(words[0], op -> new HashMap<>()).put(words[1], outcome);
                elements.add(words[1]);
            }
        }
    }

    boolean isEmpty() {
        return byOp.isEmpty();
    }

    /** In columns. */
    String text() {
        StringBuilder out = new StringBuilder(line("op", List.copyOf(elements)));
        byOp.forEach((op, byElement) -> out.append(line(op, cells(byElement))));
        return out.toString();
    }

    private static String line(String op, List<String> cells) {
        StringBuilder out = new StringBuilder(("%-" + OP_WIDTH + "s").formatted(op));
        cells.forEach(cell -> out.append(("%" + CELL_WIDTH + "s").formatted(cell)));
        return out.append('\n').toString();
    }

    String markdown() {
        StringBuilder out = new StringBuilder("| op | " + String.join(" | ", elements) + " |\n");
        out.append("|---|").append("---|".repeat(elements.size())).append('\n');
        byOp.forEach(
                (op, byElement) -> out.append("| %s | %s |\n".formatted(op, String.join(" | ", cells(byElement)))));
        return out.toString();
    }

    private List<String> cells(Map<String, Outcome> byElement) {
        List<String> cells = new ArrayList<>();
        elements.forEach(element -> cells.add(cell(byElement.get(element))));
        return cells;
    }

    /** A star marks what is computed through casts or simpler ops. */
    private static String cell(@Nullable Outcome outcome) {
        if (outcome == null) {
            return NONE;
        }
        return switch (outcome.verdict()) {
            case PASSED -> worst(outcome);
            case DECOMPOSED -> worst(outcome) + "*";
            case UNSUPPORTED -> "no";
            case FAILED -> "FAILS";
        };
    }

    /** The worst error of an outcome: 0 where results are equal. */
    static String worst(Outcome outcome) {
        return outcome.verdict() == Verdict.FAILED
                ? "FAILS"
                : outcome.deviation() == 0 ? "0" : String.format(Locale.ROOT, "%.1e", outcome.deviation());
    }
}
