package dev.weft.backend.cpu.codegen;

import java.util.ArrayList;
import java.util.List;

/**
 * The kernel of a product of small f32 matrices, {@code c (m, n) = a (m, k) · b (k, n)} or that added to {@code c}, as one call: a library's
 * call costs as much as some of them take. Addresses, sizes and steps are arguments, so there is one kernel for either order of {@code b}.
 * Each element is a sum in order of k. The rows of {@code c} are contiguous, and {@code n} is a multiple of {@value #LANES}.
 */
public final class SmallProduct {
    /** Columns come in multiples of it; where {@code b} is contiguous along k, so does k. */
    public static final long LANES = 16;

    /** The largest k where {@code b} is contiguous along it: columns are turned around into memory on the stack. */
    public static final long MOST_TURNED = 256;

    /** Words of the kernel's arguments, in this order. Steps are in elements. */
    public enum Argument {
        A,
        B,
        C,
        ROWS,
        COLUMNS,
        DEPTH,
        /** From row to row of {@code a}. */
        ROW_A,
        /** Along k in {@code a}. */
        DEPTH_A,
        /** Along that axis of {@code b} on which it is not contiguous. */
        STEP_B,
        /** From row to row of {@code c}. */
        ROW_C,
        /** Whether the product is added to {@code c}: 1, else 0. */
        ADDS
    }

    private static final int ROWS = 8;
    private static final int VECTORS = 2;
    private static final String VECTOR = "<16 x float>";

    private final boolean turned;
    private final IrBuilder ir = new IrBuilder();
    private final List<String> sums = new ArrayList<>();
    private final String columnsOfB;
    private final String a = pointer(Argument.A);
    private final String b = pointer(Argument.B);
    private final String c = pointer(Argument.C);
    private final String rows = number(Argument.ROWS);
    private final String columns = number(Argument.COLUMNS);
    private final String depth = number(Argument.DEPTH);
    private final String rowA = number(Argument.ROW_A);
    private final String depthA = number(Argument.DEPTH_A);
    private final String stepB = number(Argument.STEP_B);
    private final String rowC = number(Argument.ROW_C);
    private final String adds = ir.emit("icmp ne i64 " + number(Argument.ADDS) + ", 0");

    private SmallProduct(boolean turned) {
        this.turned = turned;
        this.columnsOfB =
                turned ? ir.emit("alloca [" + MOST_TURNED * VECTORS * LANES + " x float], align 64") : "unused";
        for (int i = 0; i < ROWS * VECTORS; i++) {
            sums.add(ir.emit("alloca " + VECTOR + ", align 64"));
        }
    }

    /** @param turned whether {@code b} is contiguous along k, not along n */
    public static Kernel kernel(boolean turned) {
        return new SmallProduct(turned).kernel();
    }

    private Kernel kernel() {
        long width = VECTORS * LANES;
        String strips = ir.emit("udiv i64 " + columns + ", " + width);
        ir.loop("0", strips, strip -> strip(times(strip, Long.toString(width)), VECTORS));
        String full = times(strips, Long.toString(width));
        ir.when(ir.emit("icmp ne i64 " + full + ", " + columns), () -> strip(full, 1));
        List<Slot> slots = new ArrayList<>();
        for (Argument argument : Argument.values()) {
            slots.add(new Slot.Size(argument.name(), 0));
        }
        String text = ir.module(
                "define void " + Kernel.NAME + "(ptr %args, ptr %scratch, i64 %unit0, i64 %unit1) #0",
                "",
                "attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }\n");
        return new Kernel(text, slots, 1, 0);
    }

    private String number(Argument argument) {
        return ir.emit("load i64, ptr " + ir.emit("getelementptr inbounds i64, ptr %args, i64 " + argument.ordinal()));
    }

    private String pointer(Argument argument) {
        return ir.emit("inttoptr i64 " + number(argument) + " to ptr");
    }

    /** All rows of some columns. */
    private void strip(String column, int vectors) {
        String from = turned ? columnsOfB : at(b, column);
        if (turned) {
            turn(column, vectors);
        }
        String last = ir.emit("sub nsw i64 " + rows + ", 1");
        String blocks = ir.emit("udiv i64 " + plus(rows, ROWS - 1) + ", " + ROWS);
        ir.loop("0", blocks, block -> block(times(block, Integer.toString(ROWS)), last, column, from, vectors));
    }

    /** Rows behind the last one are the last one again: read before any is stored, and stored twice. */
    private void block(String row, String last, String column, String from, int vectors) {
        List<String> rowsOfA = new ArrayList<>();
        List<String> rowsOfC = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String here = ir.call("i64", "llvm.smin.i64", "i64", plus(row, i), last);
            rowsOfA.add(at(a, times(here, rowA)));
            rowsOfC.add(at(at(c, times(here, rowC)), column));
        }
        for (int i = 0; i < ROWS * vectors; i++) {
            put("zeroinitializer", i);
        }
        ir.when(adds, () -> {
            for (int i = 0; i < ROWS * vectors; i++) {
                put(load(rowsOfC.get(i / vectors), Long.toString(i % vectors * LANES)), i);
            }
        });
        ir.loop("0", depth, k -> add(rowsOfA, from, k, vectors));
        for (int i = 0; i < ROWS * vectors; i++) {
            store(get(i), rowsOfC.get(i / vectors), Long.toString(i % vectors * LANES));
        }
    }

    private void add(List<String> rowsOfA, String from, String k, int vectors) {
        List<String> right = new ArrayList<>();
        String start = at(from, times(k, turned ? Long.toString(VECTORS * LANES) : stepB));
        for (int vector = 0; vector < vectors; vector++) {
            right.add(load(start, Long.toString(vector * LANES)));
        }
        String step = times(k, depthA);
        for (int row = 0; row < ROWS; row++) {
            String one = ir.emit("load float, ptr " + at(rowsOfA.get(row), step) + ", align 4");
            String first = ir.emit("insertelement " + VECTOR + " poison, float " + one + ", i64 0");
            String left = ir.emit(
                    "shufflevector " + VECTOR + " " + first + ", " + VECTOR + " poison, <16 x i32> zeroinitializer");
            for (int vector = 0; vector < vectors; vector++) {
                int sum = row * vectors + vector;
                put(ir.call(VECTOR, "llvm.fma.v16f32", VECTOR, left, right.get(vector), get(sum)), sum);
            }
        }
    }

    // ---- columns that are contiguous along k, turned around

    private void turn(String column, int vectors) {
        ir.loop("0", ir.emit("udiv i64 " + depth + ", " + LANES), part -> {
            String k = times(part, Long.toString(LANES));
            for (int vector = 0; vector < vectors; vector++) {
                List<String> read = new ArrayList<>();
                for (int i = 0; i < LANES; i++) {
                    read.add(load(at(b, times(plus(column, vector * LANES + i), stepB)), k));
                }
                List<String> turned = Transposition.of(ir, "float", read);
                for (int i = 0; i < LANES; i++) {
                    String place = plus(times(plus(k, i), Long.toString(VECTORS * LANES)), vector * LANES);
                    store(turned.get(i), columnsOfB, place);
                }
            }
        });
    }

    // ---- words

    private String load(String base, String index) {
        return ir.emit("load " + VECTOR + ", ptr " + at(base, index) + ", align 4");
    }

    private void store(String value, String base, String index) {
        ir.line("store " + VECTOR + " " + value + ", ptr " + at(base, index) + ", align 4");
    }

    private String get(int sum) {
        return ir.emit("load " + VECTOR + ", ptr " + sums.get(sum) + ", align 64");
    }

    private void put(String value, int sum) {
        ir.line("store " + VECTOR + " " + value + ", ptr " + sums.get(sum) + ", align 64");
    }

    private String at(String base, String index) {
        return ir.emit("getelementptr inbounds float, ptr " + base + ", i64 " + index);
    }

    private String times(String x, String y) {
        return ir.emit("mul nsw i64 " + x + ", " + y);
    }

    private String plus(String x, long y) {
        return ir.emit("add nsw i64 " + x + ", " + y);
    }
}
