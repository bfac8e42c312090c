package dev.weft.backend.cuda.codegen;

import dev.weft.graph.nest.ColumnConditions;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.LiveColumns.Condition;
import dev.weft.graph.nest.LiveColumns.Datum;
import dev.weft.graph.nest.Term;
import java.util.List;
import java.util.Map;

/**
 * Writes which part of a walk matters to a panel: conditions on rows and columns are linear, so that the panel's first and last
 * position tell for all between. What is left out would have been multiplied by zero.
 */
final class LiveRange {
    private final StreamTask task;
    private final TilePlan plan;
    private final Writer writer;
    private final Arguments arguments;
    private final LiveColumns live;

    LiveRange(StreamTask task, TilePlan plan, Writer writer, Arguments arguments) {
        this.task = task;
        this.plan = plan;
        this.writer = writer;
        this.arguments = arguments;
        this.live = new ColumnConditions(
                        task.nest().space(), assumed -> task.nest().isDead(Map.of(), assumed))
                .all(task.nest().roots());
    }

    /** Whether the walk of a later panel is longer than that of an earlier one: then it had better begin earlier. */
    boolean grows() {
        return live.conditions().stream()
                .anyMatch(condition -> walkFactor(condition) < 0 && panelFactor(condition) > 0);
    }

    private long walkFactor(Condition condition) {
        return task.overRows() ? condition.steps().getLast() : condition.factor();
    }

    private long panelFactor(Condition condition) {
        return task.overRows() ? condition.factor() : condition.steps().getLast();
    }

    /** Declares {@code from} and {@code to}, given {@code first} and {@code last} of the panel. */
    void declare() {
        writer.line("i64 from = 0, to = " + task.walkSize() + ";");
        for (Condition condition : live.conditions()) {
            if (walkFactor(condition) != 0) {
                limit(condition);
            }
        }
    }

    private void limit(Condition condition) {
        long ofWalk = walkFactor(condition);
        long ofPanel = panelFactor(condition);
        StringBuilder sum = new StringBuilder(Long.toString(condition.constant()));
        if (ofPanel != 0) {
            sum.append(" + ")
                    .append(ofPanel > 0 ? "last" : "first")
                    .append(" * ")
                    .append(ofPanel);
        }
        List<Term.Loop> loops = task.nest().space().outer();
        for (int axis = 0; axis < loops.size() - 1; axis++) {
            append(sum, loops.get(axis), condition.steps().get(axis));
        }
        StringBuilder isCertain = new StringBuilder();
        for (Datum datum : condition.data()) {
            String value = datum(datum);
            long most = Integer.MAX_VALUE - condition.magnitude();
            isCertain
                    .append(isCertain.isEmpty() ? "" : " && ")
                    .append("magnitude<i64>(%s) <= %d"
                            .formatted(value, most / condition.data().size()));
            sum.append(datum.negated() ? " - " : " + ").append(value);
        }
        String all = writer.let("i64", sum.toString());
        String limit = ofWalk < 0
                ? "to = smaller<i64>(to, floor_div(%s, %d) + 1);".formatted(all, -ofWalk)
                : "from = larger<i64>(from, -floor_div(%s, %d) / %d * %d);"
                        .formatted(all, ofWalk, plan.walk(), plan.walk());
        writer.line(isCertain.isEmpty() ? limit : "if (" + isCertain + ") " + limit);
    }

    private String datum(Datum datum) {
        StringBuilder at = new StringBuilder(Long.toString(datum.offset()));
        List<Term.Loop> loops = task.nest().space().outer();
        for (int axis = 0; axis < loops.size() - 1; axis++) {
            append(at, loops.get(axis), datum.steps().get(axis));
        }
        return writer.let("i64", arguments.read(datum.value()) + "[" + at + "]");
    }

    private void append(StringBuilder sum, Term.Loop loop, long step) {
        if (step != 0 && loop.size() > 1) {
            sum.append(" + ").append(writer.known(loop)).append(" * ").append(step);
        }
    }
}
