package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The second pass of reductions of one kind: {@code result[i] = running[0][i] ⊕ running[1][i] ⊕ …}, always in the same order. Where there is
 * more than one reduction, the block's second index says which.
 */
final class Joins {
    private static final int THREADS = 256;
    private static final int WARPS = 16;

    private final Reducer reducer;
    private final int reductions;
    private final long results;
    private final String count;
    private final String running;
    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final String from;
    private final String to;

    private Joins(List<Value> all, long count, long running, Map<Value, Value> sharing) {
        this.reducer = Reducer.of(all.getFirst());
        this.reductions = all.size();
        this.results = count;
        this.arguments = new Arguments(sharing, new Demands(Space.of(1, 1), Set.of(), Set.of()), count);
        List<String> partials = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        for (Value reduction : all) {
            partials.add(arguments.name(new Slot.Partial(reduction, Math.max(1, running) * count * reducer.bytes())));
            targets.add(arguments.write(reduction));
        }
        this.running = arguments.number(running);
        this.count = count == 1 ? "1" : arguments.number(count);
        writer.line("// joins running results; how many there are is a parameter");
        String element = Elements.memory(reducer.reduction().type().element());
        this.from = chosen("const " + reducer.type() + "* from", partials);
        this.to = chosen(element + "* to", targets);
    }

    /** The only address, or a variable that has the block's. */
    private String chosen(String variable, List<String> addresses) {
        if (addresses.size() == 1) {
            return addresses.getFirst();
        }
        StringBuilder choice = new StringBuilder();
        for (int i = 0; i < addresses.size() - 1; i++) {
            choice.append("block_y() == ")
                    .append(i)
                    .append(" ? ")
                    .append(addresses.get(i))
                    .append(" : ");
        }
        writer.line(variable + " = " + choice + addresses.getLast() + ";");
        return variable.substring(variable.lastIndexOf(' ') + 1);
    }

    /** Whether reductions of as many elements can be joined by one kernel. */
    static boolean alike(Value one, Value other) {
        return Reducer.of(one).type().equals(Reducer.of(other).type())
                && Reducer.of(one).start().equals(Reducer.of(other).start())
                && one.type().element() == other.type().element();
    }

    /**
     * @param reductions that are {@link #alike}
     * @param count results of each
     * @param running results that are to be joined for each of these
     */
    static Kernel of(List<Value> reductions, long count, long running, Map<Value, Value> sharing) {
        Joins joins = new Joins(reductions, count, running, sharing);
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
        return arguments.kernel(writer, grid(Math.ceilDiv(results, THREADS), THREADS));
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
        return arguments.kernel(writer, grid(1, THREADS));
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
        return arguments.kernel(writer, grid(Math.ceilDiv(results, Grid.WARP), threads));
    }

    private Grid grid(long blocks, int threads) {
        return new Grid(blocks, reductions, threads, 0);
    }

    private void begin() {
        writer.line(reducer.type() + " r = " + reducer.start() + ";");
    }

    private void store(String index) {
        var element = reducer.reduction().type().element();
        writer.line(to + "[" + index + "] = " + Elements.stored(element, reducer.result("r")) + ";");
    }
}
