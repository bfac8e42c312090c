package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.nest.Root;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.StreamLayout;
import dev.weft.graph.schedule.StreamLayout.Back;
import dev.weft.graph.schedule.StreamLayout.Front;
import dev.weft.graph.schedule.StreamLayout.Matrix;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one kernel of a stream region does: a block keeps a panel of positions along one axis, and walks along the other, tile by tile.
 * What it sums, it sums along the walk.
 *
 * @param overRows whether panels are of columns and the walk is along the rows; otherwise panels are of rows
 * @param nest what is computed between the products
 * @param backs products that are summed along the walk
 * @param repeated loops, by number, whose steps add to the same sums
 */
record StreamTask(StreamLayout layout, boolean overRows, Nest nest, List<Back> backs, List<Integer> repeated) {

    /**
     * A matrix with an axis that the iteration space does not have.
     *
     * @param own size of that axis
     */
    record Operand(Matrix matrix, long own) {
        ElementType element() {
            return matrix.root().type().element();
        }
    }

    StreamTask {
        backs = List.copyOf(backs);
        repeated = List.copyOf(repeated);
    }

    /**
     * The kernels of a region: first what goes along the rows, with their reductions; then whatever accumulates, which reads the results of
     * these. Empty where values need another order than row by row.
     */
    static Optional<List<StreamTask>> of(Region region) {
        StreamLayout layout = StreamLayout.of(region);
        List<Value> reductions = reductions(region);
        Map<List<Integer>, List<Back>> rows = grouped(layout, false);
        Map<List<Integer>, List<Back>> columns = grouped(layout, true);
        List<Optional<StreamTask>> tasks = new ArrayList<>();
        List<Back> straight = rows.getOrDefault(List.of(), List.of());
        boolean storesRows = region.outputs().stream().anyMatch(output -> isRow(layout, output));
        if (!straight.isEmpty() || !reductions.isEmpty() || storesRows) {
            List<Value> stored = new ArrayList<>(reductions);
            region.outputs().stream()
                    .filter(output -> isRow(layout, output) && !stored.contains(output))
                    .forEach(stored::add);
            tasks.add(of(region, layout, false, straight, List.of(), Set.of(), stored));
        }
        rows.forEach((repeated, backs) -> {
            if (!repeated.isEmpty()) {
                tasks.add(of(region, layout, false, backs, repeated, new HashSet<>(reductions), List.of()));
            }
        });
        columns.forEach((repeated, backs) ->
                tasks.add(of(region, layout, true, backs, repeated, new HashSet<>(reductions), List.of())));
        return tasks.stream().allMatch(Optional::isPresent)
                ? Optional.of(tasks.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    private static Map<List<Integer>, List<Back>> grouped(StreamLayout layout, boolean overRows) {
        Map<List<Integer>, List<Back>> groups = new LinkedHashMap<>();
        for (Back back : layout.backs()) {
            if (back.overRows() == overRows) {
                List<Integer> repeated = IntStream.range(0, layout.outer().size() - 1)
                        .filter(axis -> layout.outer().get(axis) > 1
                                && back.target().outer().get(axis) == 0)
                        .boxed()
                        .toList();
                groups.computeIfAbsent(repeated, key -> new ArrayList<>()).add(back);
            }
        }
        return groups;
    }

    private static boolean isRow(StreamLayout layout, Value value) {
        long rows = layout.outer().stream().reduce(1L, Math::multiplyExact);
        return layout.backs().stream().noneMatch(back -> back.target().root() == value)
                && value.type().shape().elements() == rows;
    }

    /** Results of rows that another kernel than the one that makes them may read. */
    static List<Value> reductions(Region region) {
        return region.values().stream()
                .filter(value -> value.op() instanceof Reduction)
                .toList();
    }

    /**
     * @param there reductions that are in memory
     * @param stored what is stored for each row
     */
    private static Optional<StreamTask> of(
            Region region,
            StreamLayout layout,
            boolean overRows,
            List<Back> backs,
            List<Integer> repeated,
            Set<Value> there,
            List<Value> stored) {
        List<Value> given = layout.fronts().stream().map(Front::value).toList();
        Set<Value> wanted = new LinkedHashSet<>();
        backs.forEach(back -> wanted.add(back.panel()));
        List<Value> values = between(region, layout).stream()
                .filter(value -> !given.contains(value) && !there.contains(value))
                .toList();
        List<Value> outputs = Stream.concat(wanted.stream(), stored.stream()).toList();
        Panels panels = new Panels(layout.outer(), layout.columns(), layout.rows(), given, List.copyOf(wanted));
        return Nest.panels(panels, values, outputs)
                .map(nest -> new StreamTask(layout, overRows, nest, backs, repeated));
    }

    /** What is computed row by row, and what is free for it: all but products and movement of results of the last ones. */
    static List<Value> between(Region region, StreamLayout layout) {
        Set<Value> behind = new HashSet<>();
        layout.backs().forEach(back -> behind.add(back.value()));
        for (Value value : region.values()) {
            if (value.operands().stream().anyMatch(behind::contains)) {
                behind.add(value);
            }
        }
        return region.values().stream()
                .filter(value -> !behind.contains(value) && !(value.op() instanceof DotGeneral))
                .toList();
    }

    long panelSize() {
        return overRows ? layout.columns() : layout.rows();
    }

    long walkSize() {
        return overRows ? layout.rows() : layout.columns();
    }

    /** Step of a matrix along the panel's axis. */
    long panelStep(Matrix matrix) {
        return overRows ? matrix.column() : matrix.row();
    }

    long walkStep(Matrix matrix) {
        return overRows ? matrix.row() : matrix.column();
    }

    /** What stays with a block of a product's operands. */
    Operand resident(Front front) {
        return operand(overRows ? front.columns() : front.rows(), front.depth());
    }

    /** What comes by tile by tile. */
    Operand walked(Front front) {
        return operand(overRows ? front.rows() : front.columns(), front.depth());
    }

    Operand walked(Back back) {
        return operand(back.operand(), back.width());
    }

    private static Operand operand(Matrix matrix, long own) {
        return new Operand(matrix, own);
    }

    /** Products that are read in a pass. */
    List<Front> fronts(int pass) {
        Set<Value> read = new HashSet<>();
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        nest.roots().stream()
                .filter(root -> root.stage() == pass && !root.kind().isPerRow())
                .forEach(root -> open.push(root.source()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                read.add(node.value());
                node.operands().forEach(open::push);
            }
        }
        return layout.fronts().stream()
                .filter(front -> read.contains(front.value()))
                .toList();
    }

    /** Whether the panels that products sum are there in a pass. */
    boolean sums(int pass) {
        return nest.roots().stream().anyMatch(root -> root.stage() == pass && root.kind() == Root.Kind.STORE_POINT);
    }

    /** Element types of all that is multiplied. */
    Set<ElementType> factors() {
        Set<ElementType> factors = new LinkedHashSet<>();
        Stream.concat(layout.fronts().stream().map(Front::value), backs.stream().map(Back::value))
                .flatMap(product -> product.operands().stream())
                .forEach(operand -> factors.add(operand.type().element()));
        return factors;
    }

    /** Values of the full size that are summed. */
    List<Value> panels() {
        return backs.stream().map(Back::panel).distinct().toList();
    }
}
