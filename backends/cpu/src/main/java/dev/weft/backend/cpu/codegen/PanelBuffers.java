package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.nest.Root;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The panels of a kernel in its scratch memory, behind its row buffers. A value may lie where one is read no more. */
final class PanelBuffers {
    /** The first two words: which columns to work on. */
    static final long HEADER = 64;

    private static final long ALIGNMENT = 64;

    private final Panels panels;
    private final Nest nest;
    private final IrBuilder ir;
    private final ElementCode elements;
    private final Map<Value, Long> offsets = new LinkedHashMap<>();
    private long bytes;
    private String from = "0";
    private String to = "0";
    private String rowStart = "0";

    PanelBuffers(Panels panels, Nest nest, RowBuffers rows, IrBuilder ir) {
        this.panels = panels;
        this.nest = nest;
        this.ir = ir;
        this.elements = new ElementCode(ir);
        this.bytes = Math.ceilDiv(rows.bytes(), ALIGNMENT) * ALIGNMENT;
        panels.given().forEach(value -> offsets.put(value, take(value)));
        Set<Value> free = new HashSet<>(panels.given());
        for (Value value : panels.wanted()) {
            if (!offsets.containsKey(value)) {
                offsets.put(value, place(value, free, lastReads(rows)));
            }
        }
    }

    private long take(Value value) {
        long offset = bytes;
        long size = panels.rows() * panels.stride() * value.type().element().bytes();
        bytes += Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
        return offset;
    }

    /** Where a given value lies that is read last in the pass that stores this one, or memory of its own. */
    private long place(Value value, Set<Value> free, Map<Value, Integer> lastReads) {
        int stored = nest.roots().stream()
                .filter(root -> root.value() == value && root.kind() == Root.Kind.STORE_POINT)
                .mapToInt(Root::stage)
                .min()
                .orElseThrow();
        ElementType element = value.type().element();
        for (Value given : panels.given()) {
            boolean fits = given.type().element().bytes() == element.bytes();
            if (fits && lastReads.getOrDefault(given, 0) <= stored && free.remove(given)) {
                return offsets.get(given);
            }
        }
        return take(value);
    }

    /** For each given value, the last pass over a row that reads it. */
    private Map<Value, Integer> lastReads(RowBuffers rows) {
        Map<Value, Integer> last = new HashMap<>();
        Set<Value> given = new HashSet<>(panels.given());
        for (int pass = 0; pass <= nest.passes(); pass++) {
            Set<Node> seen = new HashSet<>();
            Deque<Node> open = new ArrayDeque<>();
            for (Root root : nest.roots()) {
                if (root.stage() == pass) {
                    open.push(root.source());
                }
            }
            while (!open.isEmpty()) {
                Node node = open.pop();
                if (seen.add(node) && !rows.isKept(node, pass)) {
                    if (given.contains(node.value())) {
                        last.put(node.value(), pass);
                    }
                    node.operands().forEach(open::push);
                }
            }
        }
        return last;
    }

    long bytes() {
        return bytes;
    }

    Map<Value, Long> offsets() {
        return offsets;
    }

    /** Before the rows: which columns this call works on. Where all panels have all columns, loops of known length are shorter code. */
    void openColumns(List<PanelKernel.Range> ranges, LiveColumns live) {
        if (!live.isBounded() && ranges.stream().allMatch(range -> range.size() == panels.columns())) {
            to = Long.toString(panels.columns());
            return;
        }
        from = elements.load(ElementType.I64, "%scratch", "0");
        to = elements.load(ElementType.I64, "%scratch", "1");
    }

    /** Before a row of the panel. */
    void startRow(String row) {
        rowStart = ir.emit("mul nsw i64 " + ir.emit("sub nsw i64 " + row + ", %unit0") + ", " + panels.stride());
    }

    String from() {
        return from;
    }

    String to() {
        return to;
    }

    /** At a point: puts the given values into registers. */
    void load(NodeCode nodes) {
        for (Value value : panels.given()) {
            Node node = nest.demands().at(value, nest.space().point());
            ir.remember(node, elements.load(value.type().element(), base(value), position(nodes)));
        }
    }

    boolean holds(Value value) {
        return panels.wanted().contains(value);
    }

    void store(Value value, String register, NodeCode nodes) {
        elements.store(value.type().element(), register, base(value), position(nodes));
    }

    private String position(NodeCode nodes) {
        return ir.emit(
                "add nsw i64 " + rowStart + ", " + nodes.index(nest.space().column()));
    }

    private String base(Value value) {
        return ir.emit("getelementptr inbounds i8, ptr %scratch, i64 " + offsets.get(value));
    }
}
