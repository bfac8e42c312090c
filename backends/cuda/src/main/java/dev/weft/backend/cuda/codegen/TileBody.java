package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.schedule.StreamLayout.Front;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes what is done with the elements of a tile between the products, and with the results of rows. */
final class TileBody {
    private final StreamTask task;
    private final TilePlan plan;
    private final Nest nest;
    private final Writer writer;
    private final Arguments arguments;
    private final NodeText nodes;
    private final Fragments fragments;

    /** Arrays of reductions, one result for each position in the panel that a thread has. */
    private final Map<Root, String> reducers = new LinkedHashMap<>();

    /** Arrays of products' elements. */
    private final Map<Value, String> scores = new HashMap<>();

    TileBody(StreamTask task, Writer writer, Arguments arguments, TilePlan plan) {
        this.task = task;
        this.plan = plan;
        this.nest = task.nest();
        this.writer = writer;
        this.arguments = arguments;
        this.nodes = new NodeText(writer, arguments);
        this.fragments = Fragments.of(plan);
    }

    /** Opens a loop over a thread's positions in the panel. */
    void openPanel() {
        writer.line("#pragma unroll");
        writer.open("for (i32 i = 0; i < " + fragments.panelCount() + "; i++)");
    }

    /** Declares the running results of a reduction of rows. */
    void begin(Root root) {
        Reducer reducer = Reducer.of(root.value());
        String name = writer.fresh("r");
        reducers.put(root, name);
        String starts = String.join(", ", java.util.Collections.nCopies(fragments.panelCount(), reducer.start()));
        writer.line("%s %s[%d] = {%s};".formatted(reducer.type(), name, fragments.panelCount(), starts));
    }

    String reducer(Root root) {
        return reducers.get(root);
    }

    /** Brings together what the lanes of a row have of a reduction. */
    void join(Root root) {
        openPanel();
        writer.line("%1$s[i] = of_lanes<%2$d>(%1$s[i]);".formatted(reducers.get(root), fragments.lanes()));
        writer.close();
    }

    /** Declares the elements of a product, and multiplies. */
    void front(Front front, String resident, String walked) {
        String name = writer.fresh("s");
        scores.put(front.value(), name);
        writer.line("float " + name + fragments.scores() + " = {};");
        writer.line(fragments.front(front, name, resident, walked));
    }

    /**
     * Writes what happens at each element of a tile that there is.
     *
     * @param roots what is computed there
     * @param given further nodes that are in arrays
     * @param stage rows' results before this pass are known
     * @param results names of results of rows, in place of the reductions' own
     * @param at written at each element, with everything computed
     */
    void elements(List<Root> roots, Map<Node, String> given, int stage, Map<Root, String> results, Runnable at) {
        if (task.overRows()) {
            writer.line("#pragma unroll");
            writer.open("for (i32 j = 0; j < " + fragments.walkCount() + "; j++)");
            openRow("walked + " + fragments.walkIndex("j"), stage, results, roots);
            openPanel();
        } else {
            openPanel();
            openRow("first + " + fragments.panelIndex("i"), stage, results, roots);
            writer.line("#pragma unroll");
            writer.open("for (i32 j = 0; j < " + fragments.walkCount() + "; j++)");
        }
        openColumn();
        load(given);
        for (Root root : roots) {
            nodes.emit(root.source());
        }
        at.run();
        closeGuard(!task.overRows());
        writer.close();
        closeGuard(task.overRows());
        writer.close();
    }

    /** Declares the panels that roots store; zeros behind the end of the walk. */
    Map<Root, String> declare(List<Root> roots, TilePlan.Layout layout) {
        Map<Root, String> panels = new LinkedHashMap<>();
        for (Root root : roots) {
            if (root.kind() == Root.Kind.STORE_POINT) {
                String name = writer.fresh("p");
                panels.put(root, name);
                writer.line(fragments.declare(name, layout.panel(task.panels().indexOf(root.value()))));
            }
        }
        if (isRagged() && !panels.isEmpty()) {
            openPanel();
            writer.line("#pragma unroll");
            writer.open("for (i32 j = 0; j < " + fragments.walkCount() + "; j++)");
            panels.values().forEach(name -> writer.line(fragments.inPanel(name, "i", "j") + " = 0;"));
            writer.close();
            writer.close();
        }
        return panels;
    }

    private boolean isRagged() {
        return task.walkSize() % plan.walk() != 0;
    }

    /** A row: of the panel, where those behind the last are taken for the last, or of the walk, where they are left out. */
    private void openRow(String index, int stage, Map<Root, String> results, List<Root> roots) {
        bind("row", index, task.overRows(), nest.space().outer().getLast());
        results(stage, results);
        hoist(roots);
    }

    private void openColumn() {
        String index =
                task.overRows() ? "first + " + fragments.panelIndex("i") : "walked + " + fragments.walkIndex("j");
        bind("column", index, !task.overRows(), nest.space().inner().getLast());
    }

    private void bind(String name, String index, boolean isWalk, Term.Loop loop) {
        long size = isWalk ? task.walkSize() : task.panelSize();
        boolean clamped = !isWalk && size % plan.panel() != 0;
        String position = clamped ? "smaller<i64>(" + index + ", " + (size - 1) + ")" : index;
        writer.line("const i64 " + name + " = " + position + ";");
        if (isWalk && isRagged()) {
            writer.open("if (" + name + " < " + size + ")");
        }
        writer.remember(loop, name);
    }

    private void closeGuard(boolean isWalk) {
        if (isWalk && isRagged()) {
            writer.close();
        }
    }

    private void load(Map<Node, String> given) {
        for (Front front : task.layout().fronts()) {
            String array = scores.get(front.value());
            if (array != null) {
                ElementType element = TilePlan.result(front);
                String value = Elements.rounded(element, fragments.element(array, "i", "j"));
                writer.remember(nest.demands().at(front.value(), nest.space().point()), writer.let("float", value));
            }
        }
        given.forEach((node, array) -> writer.remember(node, writer.let("float", fragments.element(array, "i", "j"))));
    }

    /** Emits before the loop over columns what there is one of per row. */
    private void hoist(List<Root> roots) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        roots.forEach(root -> open.push(root.source()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                if (!node.varies()) {
                    nodes.emit(node);
                } else {
                    node.operands().forEach(open::push);
                }
            }
        }
    }

    /** Puts the results of a row that earlier passes have into variables. */
    private void results(int stage, Map<Root, String> results) {
        Space space = nest.space();
        reducers.forEach((root, array) -> {
            if (results.containsKey(root) || root.stage() < stage) {
                Reducer reducer = Reducer.of(root.value());
                String value = results.getOrDefault(root, reducer.result(array + "[i]"));
                String name = writer.let(Elements.register(root.value().type().element()), value);
                writer.remember(nest.demands().at(root.value(), space.row()), name);
            }
        });
    }

    /** The variable of a node that was computed. */
    String value(Node node) {
        return nodes.emit(node);
    }

    /** Stores what there is one of per row, when all passes have been made. */
    void storeRows(List<Root> roots) {
        if (roots.isEmpty()) {
            return;
        }
        openPanel();
        writer.line("const i64 row = first + " + fragments.panelIndex("i") + ";");
        writer.open("if (row < " + task.panelSize() + " && thread() % " + fragments.lanes() + " == 0)");
        writer.remember(nest.space().outer().getLast(), "row");
        results(Integer.MAX_VALUE, Map.of());
        for (Root root : roots) {
            String value = Elements.stored(root.value().type().element(), nodes.emit(root.source()));
            writer.line(arguments.write(root.value()) + "[" + nodes.index(root.target()) + "] = " + value + ";");
        }
        writer.close();
        writer.close();
    }

    Fragments fragments() {
        return fragments;
    }
}
