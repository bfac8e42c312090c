package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.StreamTask.Operand;
import dev.weft.graph.nest.Root;
import dev.weft.graph.schedule.StreamLayout.Front;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes the walk of a panel: its own operands come to shared memory once, those of tiles one tile ahead where there are two buffers, and
 * each tile's first products are multiplied as soon as it is there.
 */
final class TileWalk {
    private final StreamTask task;
    private final TilePlan plan;
    private final TilePlan.Layout layout;
    private final Writer writer;
    private final TileCopies copies;
    private final LiveRange live;

    /** Addresses of matrices' first rows. */
    private final Map<Operand, String> matrices = new HashMap<>();

    TileWalk(StreamTask task, TilePlan plan, Writer writer, Arguments arguments, TileCopies copies) {
        this.task = task;
        this.plan = plan;
        this.layout = plan.layout(task);
        this.writer = writer;
        this.copies = copies;
        this.live = new LiveRange(task, plan, writer, arguments);
    }

    /** Whether later panels walk further. */
    boolean grows() {
        return live.grows();
    }

    /** Before anything is walked: the panel's own operands, if they stay the same in all steps that are repeated. */
    void declare() {
        if (plan.buffers() > 1) {
            writer.line("i64 buffer = 0;");
        }
        layout.residents().stream().filter(this::stays).forEach(this::load);
    }

    /** What is done once in each step that is repeated: which part of the walk matters, and the operands that differ. */
    void begin() {
        live.declare();
        for (Operand operand : layout.walked()) {
            String name = writer.fresh("m");
            matrices.put(operand, name);
            writer.line("const %s* const %s = %s;  // in %s"
                    .formatted(
                            Elements.memory(operand.element()),
                            name,
                            copies.start(operand.matrix(), false),
                            operand.matrix().root().type()));
        }
        if (!layout.residents().stream().allMatch(this::stays)) {
            writer.line("sync();");
        }
        layout.residents().stream().filter(operand -> !stays(operand)).forEach(this::load);
    }

    private boolean stays(Operand operand) {
        return task.repeated().stream()
                .allMatch(axis -> operand.matrix().outer().get(axis) == 0);
    }

    private void load(Operand operand) {
        copies.copy(
                operand,
                place(layout.resident(operand), ""),
                copies.start(operand.matrix(), false),
                "first",
                plan.panel(),
                task.panelStep(operand.matrix()),
                "last + 1 - first");
    }

    /**
     * A walk. Where there are two buffers it begins with the one that was not used last: nobody reads that any more.
     *
     * @param passes whose products are multiplied
     * @param tile what is done with each tile, given the panels that it stores
     */
    void along(List<Integer> passes, TileBody body, Consumer<Map<Root, String>> tile) {
        List<Operand> operands = passes.stream()
                .flatMap(pass -> layout.walked(pass).stream())
                .distinct()
                .toList();
        List<Front> fronts = passes.stream()
                .flatMap(pass -> task.fronts(pass).stream())
                .distinct()
                .toList();
        List<Root> roots = task.nest().roots().stream()
                .filter(root -> passes.contains(root.stage()))
                .toList();
        boolean ahead = plan.buffers() > 1;
        if (ahead) {
            writer.open("if (from < to)");
            copy(operands, "from", " + buffer");
            writer.close();
            writer.line("commit_copies();");
        }
        writer.open("for (i64 walked = from; walked < to; walked += " + plan.walk() + ")");
        if (ahead) {
            writer.line("await_copies();");
            writer.line("sync();");
            writer.open("if (walked + " + plan.walk() + " < to)");
            copy(operands, "(walked + " + plan.walk() + ")", " + " + layout.tileBytes() + " - buffer");
            writer.line("commit_copies();");
            writer.close();
        } else {
            writer.line("sync();");
            copy(operands, "walked", "");
            writer.line("commit_copies();");
            writer.line("await_copies();");
            writer.line("sync();");
        }
        for (Front front : fronts) {
            body.front(front, place(layout.resident(task.resident(front)), ""), tile(task.walked(front)));
        }
        tile.accept(body.declare(roots, layout));
        if (ahead) {
            writer.line("buffer = " + layout.tileBytes() + " - buffer;");
        }
        writer.close();
    }

    private void copy(List<Operand> operands, String position, String buffer) {
        for (Operand operand : operands) {
            copies.copy(
                    operand,
                    place(layout.walked(operand), buffer),
                    matrices.get(operand),
                    position,
                    plan.walk(),
                    task.walkStep(operand.matrix()),
                    task.walkSize() + " - " + position);
        }
    }

    /** Where the tile of a matrix lies that is used now. */
    String tile(Operand operand) {
        return place(layout.walked(operand), plan.buffers() > 1 ? " + buffer" : "");
    }

    private String place(int offset, String buffer) {
        return "(" + Elements.memory(plan.element()) + "*) (shared + " + offset + buffer + ")";
    }
}
