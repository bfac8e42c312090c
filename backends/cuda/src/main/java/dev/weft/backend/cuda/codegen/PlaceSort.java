package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.TableLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sorts the rows that are added to a table by their places, and by their own numbers where these are equal: a radix sort of 8 bits a
 * pass, in which a block ranks {@value #CHUNK} rows among themselves and then counts what all blocks before it have.
 */
final class PlaceSort {
    private static final int CHUNK = 1024;
    private static final int DIGIT_BITS = 8;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final Value value;
    private final TableLoops.Scatter loops;
    private final Map<Value, Value> sharing;
    private final long rows;
    private final long most;
    private final int passes;

    PlaceSort(Value value, TableLoops.Scatter loops, Map<Value, Value> sharing) {
        this.value = value;
        this.loops = loops;
        this.sharing = sharing;
        this.rows = loops.space().rows();
        this.most = value.type().size(0) - 1;
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(most));
        this.passes = Math.ceilDiv(bits, DIGIT_BITS);
    }

    List<Kernel> kernels() {
        List<Kernel> kernels = new ArrayList<>();
        for (int pass = 0; pass < passes; pass++) {
            kernels.add(rank(pass));
            kernels.add(move(pass));
        }
        return kernels;
    }

    /** The numbers of the rows in the order of their places. */
    Slot rows() {
        return order(passes);
    }

    /** The places in their order. */
    Slot places() {
        return places(passes);
    }

    /** The place of the row that is open; inside the table, whatever the data say. */
    String place(NodeText nodes) {
        return "smaller<i64>(larger<i64>(" + nodes.emit(loops.index()) + ", 0), " + most + ")";
    }

    private Slot scratch(String name, long elements) {
        return new Slot.Scratch(value, name, "i32", elements * Integer.BYTES);
    }

    /** Numbers of rows after so many passes; two places take turns. */
    private Slot order(int after) {
        return scratch("rows " + after % 2, rows);
    }

    private Slot places(int after) {
        return scratch("places " + after % 2, rows);
    }

    private Slot counts() {
        return scratch("counts", Math.ceilDiv(rows, CHUNK) * DIGITS);
    }

    private Slot ranks() {
        return scratch("ranks", rows);
    }

    /** Opens a kernel in which a thread has a row, if {@code i} is below the number of rows, at {@code place}. */
    private void openRow(Writer writer, Arguments arguments, NodeText nodes, int pass) {
        writer.line("const i64 i = block() * " + CHUNK + " + thread();");
        writer.line("i32 place = 0, row = (i32) i, digit = -1;");
        writer.open("if (i < " + rows + ")");
        if (pass == 0) {
            writer.remember(loops.space().outer().getFirst(), "i");
            writer.line("place = (i32) " + place(nodes) + ";");
        } else {
            writer.line("place = " + arguments.name(places(pass)) + "[i];");
            writer.line("row = " + arguments.name(order(pass)) + "[i];");
        }
        writer.line("digit = place >> " + pass * DIGIT_BITS + " & " + (DIGITS - 1) + ";");
        writer.close();
    }

    /** How many rows of the same digit come before each in its block, and how many of each digit a block has. */
    private Kernel rank(int pass) {
        Arguments arguments = new Arguments(sharing, loops.demands());
        Writer writer = new Writer();
        writer.line("// sorts " + rows + " rows by bits " + pass * DIGIT_BITS
                + " and on of their places: ranks within blocks");
        writer.line("SHARED Pack<i32, 4> digits[" + CHUNK / 4 + "];");
        writer.line("SHARED i32 counts[" + DIGITS + "];");
        openRow(writer, arguments, new NodeText(writer, arguments), pass);
        writer.line("digits[thread() / 4].at[thread() % 4] = digit;");
        writer.line("if (thread() < " + DIGITS + ") counts[thread()] = 0;");
        writer.line("sync();");
        writer.line("i32 before = 0, all = 0;");
        writer.line("#pragma unroll 4");
        writer.open("for (i32 k = 0; k < " + CHUNK + "; k += 4)");
        writer.line("const Pack<i32, 4> others = digits[k / 4];");
        writer.line("#pragma unroll");
        writer.open("for (i32 lane = 0; lane < 4; lane++)");
        writer.line("const bool same = others.at[lane] == digit;");
        writer.line("all += same;");
        writer.line("before += same && k + lane < thread();");
        writer.close();
        writer.close();
        writer.open("if (i < " + rows + ")");
        writer.line("counts[digit] = all;");
        writer.line(arguments.written(ranks()) + "[i] = before;");
        writer.close();
        writer.line("sync();");
        writer.line("if (thread() < %d) %s[block() * %d + thread()] = counts[thread()];"
                .formatted(DIGITS, arguments.written(counts()), DIGITS));
        return arguments.kernel(writer, new Grid(Math.ceilDiv(rows, CHUNK), CHUNK));
    }

    /** Moves each row behind all that have a smaller digit, or the same one and come before it. */
    private Kernel move(int pass) {
        Arguments arguments = new Arguments(sharing, loops.demands());
        Writer writer = new Writer();
        long chunks = Math.ceilDiv(rows, CHUNK);
        writer.line("// sorts " + rows + " rows by bits " + pass * DIGIT_BITS + " and on of their places: moves them");
        writer.line("SHARED i32 alls[" + DIGITS + "];");
        writer.line("SHARED i32 starts[" + DIGITS + "];");
        openRow(writer, arguments, new NodeText(writer, arguments), pass);
        writer.line("i32 before = 0, all = 0;");
        writer.open("if (thread() < " + DIGITS + ")");
        writer.line("#pragma unroll 8");
        writer.open("for (i64 chunk = 0; chunk < " + chunks + "; chunk++)");
        writer.line("const i32 count = " + arguments.name(counts()) + "[chunk * " + DIGITS + " + thread()];");
        writer.line("all += count;");
        writer.line("before += chunk < block() ? count : 0;");
        writer.close();
        writer.line("alls[thread()] = all;");
        writer.close();
        writer.line("sync();");
        writer.open("if (thread() < " + DIGITS + ")");
        writer.line("for (i32 other = 0; other < thread(); other++) before += alls[other];");
        writer.line("starts[thread()] = before;");
        writer.close();
        writer.line("sync();");
        writer.open("if (i < " + rows + ")");
        writer.line("const i32 to = starts[digit] + " + arguments.name(ranks()) + "[i];");
        writer.line(arguments.written(places(pass + 1)) + "[to] = place;");
        writer.line(arguments.written(order(pass + 1)) + "[to] = row;");
        writer.close();
        return arguments.kernel(writer, new Grid(chunks, CHUNK));
    }
}
