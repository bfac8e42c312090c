package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kernel of a nest that only stores points: one thread for each. */
final class PointKernel {
    private static final int THREADS = 256;

    private PointKernel() {}

    static Kernel of(Nest nest, long count, Map<Value, Value> sharing) {
        Writer writer = new Writer();
        Arguments arguments = new Arguments(sharing, nest.demands());
        NodeText nodes = new NodeText(writer, arguments);
        List<Term.Loop> loops = new ArrayList<>(nest.space().outer());
        loops.addAll(nest.space().inner());
        writer.line("// " + count + " points");
        writer.line("const i64 point = block() * " + THREADS + " + thread();");
        writer.line("if (point >= " + count + ") return;");
        writer.bind(loops, "point");
        // Everything is loaded before anything is stored: an output may lie where an input was.
        for (Root root : nest.roots()) {
            nodes.emit(root.source());
            nodes.index(root.target());
        }
        for (Root root : nest.roots()) {
            String value = Elements.stored(root.value().type().element(), nodes.emit(root.source()));
            writer.line(arguments.write(root.value()) + "[" + nodes.index(root.target()) + "] = " + value + ";");
        }
        return arguments.kernel(writer, new Grid(Math.ceilDiv(count, THREADS), THREADS));
    }
}
