package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Space;
import java.util.Map;
import java.util.Set;

/** The second pass of a reduction: {@code result[i] = running[0][i] ⊕ running[1][i] ⊕ …}, always in the same order. */
final class Joins {
    private static final int THREADS = 256;
    private static final int WARPS = 16;

    private final Reducer reducer;
    private final long results;
    private final String count;
    private final String running;
    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final String from;
    private final String to;

    private Joins(Value reduction, long count, long running, Map<Value, Value> sharing) {
        this.reducer = Reducer.of(reduction);
        this.results = count;
        this.arguments = new Arguments(sharing, new Demands(Space.of(1, 1), Set.of(), Set.of()), count);
        this.from = arguments.name(new Slot.Partial(reduction, Math.max(1, running) * count * reducer.bytes()));
        this.to = arguments.write(reduction);
        this.running = arguments.number(running);
        this.count = count == 1 ? "1" : arguments.number(count);
        writer.line("// joins running results; how many there are is a parameter");
    }

    /**
     * @param count results
     * @param running results of each that are to be joined
     */
    static Kernel of(Value reduction, long count, long running, Map<Value, Value> sharing) {
        Joins joins = new Joins(reduction, count, running, sharing);
        return running <= WARPS ? joins.few() : count == 1 ? joins.single() : joins.columns();
    }

    /** A thread joins all of a result. */
    private Kernel few() {
        writer.line("const i64 i = block() * " + THREADS + " + thread();");
        writer.open("if (i < " + count + ")");
        begin();
        writer.open("for (i64 k = 0; k < " + running + "; k++)");
        writer.line("r.join(" + from + "[k * " + count + " + i]);");
        writer.close();
        store("i");
        writer.close();
        return arguments.kernel(writer, new Grid(Math.ceilDiv(results, THREADS), THREADS));
    }

    /** A block joins all of the only result. */
    private Kernel single() {
        Reducer.beginExchange(writer);
        begin();
        writer.open("for (i64 k = thread(); k < " + running + "; k += threads())");
        writer.line("r.join(" + from + "[k]);");
        writer.close();
        writer.line("r = of_block(r, exchange, turn);");
        writer.open("if (thread() == 0)");
        store("0");
        writer.close();
        return arguments.kernel(writer, new Grid(1, THREADS));
    }

    /** A block joins neighbouring results, each of its warps some of them all. */
    private Kernel columns() {
        int threads = WARPS * Grid.WARP;
        writer.line("SHARED " + reducer.type() + " joined[" + threads + "];");
        writer.line("const i64 i = block() * 32 + lane_of_warp();");
        begin();
        writer.line("#pragma unroll 4");
        writer.open("for (i64 k = warp(); k < " + running + "; k += " + WARPS + ")");
        writer.line("if (i < " + count + ") r.join(" + from + "[k * " + count + " + i]);");
        writer.close();
        writer.line("joined[thread()] = r;");
        writer.line("sync();");
        writer.open("if (warp() == 0 && i < " + count + ")");
        writer.line("for (i32 k = 1; k < " + WARPS + "; k++) r.join(joined[k * 32 + thread()]);");
        store("i");
        writer.close();
        return arguments.kernel(writer, new Grid(Math.ceilDiv(results, Grid.WARP), threads));
    }

    private void begin() {
        writer.line(reducer.type() + " r = " + reducer.start() + ";");
    }

    private void store(String index) {
        var element = reducer.reduction().type().element();
        writer.line(to + "[" + index + "] = " + Elements.stored(element, reducer.result("r")) + ";");
    }
}
