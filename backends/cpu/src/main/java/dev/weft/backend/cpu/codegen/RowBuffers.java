package dev.weft.backend.cpu.codegen;

import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Log;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What several passes over a row need and is costly to make again: it is kept for the row in the thread's scratch memory, one element
 * per position. Everything cheap is made again.
 */
final class RowBuffers {
    private static final long ALIGNMENT = 64;

    private final Space space;
    private final IrBuilder ir;
    private final ElementCode elements;
    private final Map<Node, Integer> firstPass = new HashMap<>();
    private final Map<Node, Long> offsets = new LinkedHashMap<>();
    private long bytes;

    /** @param start first byte of scratch memory that may be used */
    RowBuffers(Nest nest, IrBuilder ir, long start) {
        this.space = nest.space();
        this.ir = ir;
        this.elements = new ElementCode(ir);
        this.bytes = start;
        for (int pass = 0; pass < nest.passes(); pass++) {
            Set<Node> seen = new HashSet<>();
            for (Root root : nest.roots()) {
                if (root.stage() == pass
                        && root.kind() != Root.Kind.STORE_ROW
                        && root.kind() != Root.Kind.REDUCE_ROWS) {
                    visit(root.source(), pass, seen);
                }
            }
        }
    }

    /** @param seen nodes that this pass has asked for already */
    private void visit(Node source, int pass, Set<Node> seen) {
        Deque<Node> open = new ArrayDeque<>(List.of(source));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!node.varies() || !seen.add(node)) {
                continue;
            }
            Integer made = firstPass.putIfAbsent(node, pass);
            if (made == null || (made < pass && !isCostly(node))) {
                node.operands().reversed().forEach(open::push);
            } else if (made < pass && !offsets.containsKey(node)) {
                offsets.put(node, bytes);
                bytes += Math.ceilDiv(space.width() * wide(node).bytes(), ALIGNMENT) * ALIGNMENT;
            }
        }
    }

    private static boolean isCostly(Node node) {
        return node.kind() == Node.Kind.COMPUTE
                && switch (node.value().op()) {
                    case Exp _, Log _, Tanh _, Erf _, Pow _, Random _ -> true;
                    default -> false;
                };
    }

    /** Scratch memory that a thread needs. */
    long bytes() {
        return bytes;
    }

    /** Whether an earlier pass left the node here. */
    boolean isKept(Node node, int pass) {
        return offsets.containsKey(node) && firstPass.get(node) < pass;
    }

    /** In the body of a pass: stores what this pass makes first, and reads what an earlier one made. */
    void use(int pass, NodeCode nodes) {
        offsets.forEach((node, offset) -> {
            int made = firstPass.get(node);
            if (made < pass) {
                ir.remember(node, elements.load(wide(node), buffer(offset), nodes.index(space.column())));
            } else if (made == pass) {
                elements.store(wide(node), nodes.emit(node), buffer(offset), nodes.index(space.column()));
            }
        });
    }

    private String buffer(long offset) {
        return ir.emit("getelementptr inbounds i8, ptr %scratch, i64 " + offset);
    }

    /** Buffers hold registers as they are: f32 where the element is smaller. */
    private static ElementType wide(Node node) {
        ElementType element = node.value().type().element();
        return switch (element) {
            case BF16, F16 -> ElementType.F32;
            case F32, F64, I32, I64, I8, U8, BOOL -> element;
        };
    }
}
