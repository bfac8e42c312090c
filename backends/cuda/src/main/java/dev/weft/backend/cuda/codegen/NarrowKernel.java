package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Space;
import java.util.Map;
import java.util.Set;

/** A copy of a vector in a narrower element type. */
public final class NarrowKernel {
    private static final int THREADS = 128;

    private NarrowKernel() {}

    public static Kernel of(Slot.Narrowed to) {
        var from = to.vector().type();
        long count = from.shape().elements();
        Writer writer = new Writer();
        Arguments arguments = new Arguments(Map.of(), new Demands(Space.of(1, 1), Set.of(), Set.of()));
        String x = arguments.read(to.vector());
        String y = arguments.written(to);
        writer.line("const i64 i = block() * " + THREADS + " + thread();");
        writer.line("if (i >= " + count + ") return;");
        String value = Elements.cast(from.element(), to.element(), Elements.load(from.element(), x, "i"));
        writer.line(y + "[i] = " + Elements.stored(to.element(), value) + ";");
        return arguments.kernel(writer, new Grid(Math.ceilDiv(count, THREADS), THREADS));
    }
}
