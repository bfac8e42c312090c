package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.schedule.StreamLayout.Back;
import dev.weft.graph.type.ElementType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The kernel of a {@link StreamTask}: a block for each panel, which walks once for each pass over its rows. */
final class TileKernel {
    private final StreamTask task;
    private final TilePlan plan;
    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final TileCopies copies;
    private final TileWalk walk;
    private final TileBody body;
    private final Fragments fragments;
    private final Map<Back, String> sums = new LinkedHashMap<>();

    /** For each panel that is summed, what its sums are divided by; nothing for those that are finished. */
    private final Map<Value, String> divisors = new HashMap<>();

    TileKernel(StreamTask task, TilePlan plan, Map<Value, Value> sharing) {
        this.task = task;
        this.plan = plan;
        this.arguments = new Arguments(sharing, task.nest().demands());
        this.copies = new TileCopies(task, plan, writer, arguments);
        this.walk = new TileWalk(task, plan, writer, arguments, copies);
        this.body = new TileBody(task, writer, arguments, plan);
        this.fragments = body.fragments();
    }

    Kernel kernel() {
        long panels = Math.ceilDiv(task.panelSize(), plan.panel());
        comment();
        writer.line("u8* const shared = dynamic_shared();");
        writer.line("const i64 first = " + first(panels) + ";");
        writer.line("const i64 last = smaller<i64>(first + " + plan.panel() + ", " + task.panelSize() + ") - 1;");
        List<Term.Loop> loops = task.nest().space().outer();
        List<Term.Loop> free = IntStream.range(0, loops.size() - 1)
                .filter(axis -> !task.repeated().contains(axis))
                .mapToObj(loops::get)
                .filter(loop -> loop.size() > 1)
                .toList();
        if (!free.isEmpty()) {
            writer.bind(free, panels == 1 ? "block()" : writer.let("i64", "(i64) ((u64) block() / " + panels + ")"));
        }
        for (Back back : task.backs()) {
            String name = writer.fresh("sum");
            sums.put(back, name);
            writer.line("float " + name + fragments.sums(back) + " = {};  // of "
                    + back.value().type());
        }
        walk.declare();
        for (int axis : task.repeated()) {
            String counter = writer.fresh("step");
            writer.open("for (i64 %1$s = 0; %1$s < %2$d; %1$s++)"
                    .formatted(counter, loops.get(axis).size()));
            writer.remember(loops.get(axis), counter);
        }
        walk.begin();
        passes();
        task.repeated().forEach(axis -> writer.close());
        task.backs().forEach(this::store);
        long blocks = free.stream().mapToLong(Term.Loop::size).reduce(panels, Math::multiplyExact);
        return arguments.kernel(writer, new Grid(blocks, 1, plan.threads(), plan.sharedBytes()), plan.residentBlocks());
    }

    /** The first position of the block's panel; the longest walks begin first. */
    private String first(long panels) {
        return panels == 1
                ? "0"
                : (walk.grows() ? "(" + (panels - 1) + " - block() % " + panels + ")" : "block() % " + panels) + " * "
                        + plan.panel();
    }

    private void comment() {
        List<Long> outer = task.layout().outer();
        writer.line("// %s x (%d, %d): panels of %d %s by %d; %s; %d bytes of shared memory"
                .formatted(
                        outer.subList(0, outer.size() - 1),
                        task.layout().rows(),
                        task.layout().columns(),
                        plan.panel(),
                        task.overRows() ? "columns, along rows" : "rows, along columns",
                        plan.walk(),
                        plan.tensorCores() ? "bf16 by tensor cores, summed in f32" : "f32",
                        plan.sharedBytes()));
    }

    private void passes() {
        Optional<Rescaling> rescaling = task.overRows() ? Optional.empty() : Rescaling.of(task.nest());
        if (rescaling.isPresent()) {
            softmax(rescaling.get());
        } else {
            IntStream.range(0, task.nest().passes()).forEach(this::pass);
        }
        List<Root> rows = task.nest().roots().stream()
                .filter(root -> root.kind() == Root.Kind.STORE_ROW)
                .toList();
        body.storeRows(rows);
    }

    /** One walk, after which the results of rows that it reduces are known. */
    private void pass(int pass) {
        List<Root> roots = task.nest().roots().stream()
                .filter(root -> root.stage() == pass && !root.kind().isPerRow())
                .toList();
        if (roots.isEmpty()) {
            return;
        }
        List<Root> reductions = roots.stream()
                .filter(root -> root.kind() == Root.Kind.REDUCE_ROW)
                .toList();
        reductions.forEach(body::begin);
        walk.along(List.of(pass), body, panels -> {
            body.elements(roots, Map.of(), pass, Map.of(), () -> {
                for (Root root : roots) {
                    String value = body.value(root.source());
                    writer.line(
                            root.kind() == Root.Kind.REDUCE_ROW
                                    ? body.reducer(root) + "[i].add(" + value + ", column);"
                                    : fragments.inPanel(panels.get(root), "i", "j") + " = " + value + ";");
                }
            });
            multiply(panels);
        });
        reductions.forEach(body::join);
    }

    /** All passes in one walk, see {@link Rescaling}. */
    private void softmax(Rescaling rescaling) {
        Root max = rescaling.max();
        Root sum = rescaling.sum();
        body.begin(max);
        body.begin(sum);
        String most = body.reducer(max);
        String total = body.reducer(sum);
        List<Root> rest = task.nest().roots().stream()
                .filter(root -> root.equals(sum) || root.kind() == Root.Kind.STORE_POINT)
                .toList();
        walk.along(IntStream.range(0, task.nest().passes()).boxed().toList(), body, panels -> {
            String kept = writer.fresh("x");
            String shift = writer.fresh("shift");
            String before = writer.fresh("before");
            writer.line("float %s%s, %s[%d], %s[%d];"
                    .formatted(
                            kept, fragments.scores(), shift, fragments.panelCount(), before, fragments.panelCount()));
            body.openPanel();
            writer.line(before + "[i] = " + most + "[i].value;");
            writer.close();
            body.elements(List.of(max), Map.of(), 0, Map.of(), () -> {
                String value = body.value(max.source());
                writer.line(fragments.element(kept, "i", "j") + " = " + value + ";");
                writer.line(most + "[i].add(" + value + ", column);");
            });
            rescale(most, total, shift, before);
            Map<Root, String> results = new LinkedHashMap<>();
            results.put(max, shift + "[i]");
            results.put(sum, "1.0f");
            body.elements(rest, Map.of(max.source(), kept), 0, results, () -> {
                for (Root root : rest) {
                    String value = body.value(root.source());
                    writer.line(
                            root.equals(sum)
                                    ? total + "[i].add(" + value + ", column);"
                                    : fragments.inPanel(panels.get(root), "i", "j") + " = " + value + ";");
                }
            });
            multiply(panels);
        });
        body.join(sum);
        finish(rescaling, most, total);
    }

    /** Leaves the sum of a row, and what the products that were summed with it must be divided by. */
    private void finish(Rescaling rescaling, String most, String total) {
        body.openPanel();
        writer.line("// A row of nothing but -inf has no sum.");
        writer.line("if (" + most + "[i].value == -infinity()) " + total + "[i].value = not_a_number();");
        writer.close();
        rescaling
                .divided()
                .forEach((root, isDivided) -> divisors.put(
                        root.value(),
                        isDivided
                                ? total + "[i].value"
                                : "(" + most + "[i].value == -infinity() ? not_a_number() : 1)"));
    }

    /** The largest so far, to all lanes of its row; what was summed with a smaller one is made as if with this. */
    private void rescale(String most, String total, String shift, String before) {
        body.openPanel();
        writer.line("%1$s[i] = of_lanes<%2$d>(%1$s[i]);".formatted(most, fragments.lanes()));
        writer.line("// Where nothing was seen but -inf, anything finite will do.");
        writer.line("%1$s[i] = %2$s[i].value == -infinity() ? 0 : %2$s[i].value;".formatted(shift, most));
        writer.line("const float scale = %1$s[i] == %2$s[i].value ? 1 : expf(%1$s[i] - %3$s[i]);"
                .formatted(before, most, shift));
        writer.line(total + "[i].value *= scale;");
        sums.forEach((back, name) -> {
            writer.line("#pragma unroll");
            writer.line("for (i32 j = 0; j < %d; j++) %s *= scale;"
                    .formatted(fragments.sumCount(back), fragments.element(name, "i", "j")));
        });
        writer.close();
    }

    private void multiply(Map<Root, String> panels) {
        if (!panels.isEmpty() && !plan.tensorCores()) {
            writer.line("sync_warp();");
        }
        panels.forEach((root, panel) -> sums.forEach((back, name) -> {
            if (back.panel() == root.value()) {
                writer.line(fragments.back(back, name, panel, walk.tile(task.walked(back))));
            }
        }));
    }

    private void store(Back back) {
        ElementType element = ((DotGeneral) back.value().op()).element();
        long size = task.panelSize();
        boolean ragged = size % plan.panel() != 0;
        boolean whole = plan.padded(back.width()) == back.width();
        body.openPanel();
        writer.line("const i64 at = first + " + fragments.panelIndex("i") + ";");
        if (ragged) {
            writer.line("if (at >= " + size + ") continue;");
        }
        writer.line("%s* const to = %s + at * %d;"
                .formatted(
                        Elements.memory(back.target().root().type().element()),
                        copies.start(back.target(), true),
                        task.panelStep(back.target())));
        writer.line("#pragma unroll");
        writer.open("for (i32 j = 0; j < " + fragments.sumCount(back) + "; j++)");
        writer.line("const i32 own = " + fragments.walkIndex("j") + ";");
        String divisor = divisors.get(back.panel());
        String value = fragments.element(sums.get(back), "i", "j") + (divisor == null ? "" : " / " + divisor);
        String store = "to[own * %d] = %s;".formatted(back.target().own(), Elements.stored(element, value));
        writer.line(whole ? store : "if (own < " + back.width() + ") " + store);
        writer.close();
        writer.close();
    }
}
