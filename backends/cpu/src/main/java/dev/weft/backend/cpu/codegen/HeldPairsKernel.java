package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows of bf16 times weights in fewer bits, on processors that multiply pairs of bf16. Lanes are rows: a thread lays up to {@value #STRIP}
 * rows down as pairs along k, sixteen rows side by side ({@link PackedRows}), and multiplies them with one pair of a column at a time. So
 * nothing is summed across lanes, and weights are used in the order in which they lie.
 *
 * <p>A unit is {@value #PANELS} panels of {@value #COLUMNS} columns. Scratch memory holds two pieces of weights, each of a panel and a group
 * along k. While one piece is multiplied, the next one is restored by the parts of the processor that do not multiply
 * ({@link RestoredColumns}). Each element is one sum in order of k: the same for any number of rows. All sizes are arguments.
 */
final class HeldPairsKernel {
    /** Of a panel: so many sums hide how long a product takes. */
    static final int COLUMNS = 8;

    /** Of a unit, which then is a line of the product's memory wide. */
    static final int PANELS = 2;

    static final int LANES = (int) RowKernel.LANES;
    static final long GROUP = HeldProduct.GROUP;

    /** Rows for which weights are read once. */
    private static final long STRIP = 64;

    /** Elements of a piece. */
    private static final long PIECE = COLUMNS * GROUP;

    /** Bytes of both pieces. */
    private static final long PIECES = 2 * PIECE * Short.BYTES;

    /** Pairs that are multiplied while one column of the next piece is restored. */
    private static final long STEPS = GROUP / 2 / COLUMNS;

    private final HeldProduct product;
    private final IrBuilder ir = new IrBuilder();
    private final FewRowsCode code;
    private final Arguments arguments;
    private final RestoredColumns weights;
    private final StoredRows stored;
    private final PackedRows packed;
    private final String groups;
    private final String rows;
    /** In a slot of the stack: which piece is multiplied, 0 or 1. */
    private final String turn;

    private final Width wide;
    private final Width narrow;

    /** So many rows at once, with the slots of the sums of each column. */
    private record Width(int lanes, List<String> sums) {
        String vector() {
            return "<" + lanes + " x float>";
        }
    }

    private HeldPairsKernel(HeldProduct product, Map<Value, Value> sharing) {
        this.product = product;
        this.code = new FewRowsCode(product.asFewRows(), ir, sharing);
        this.arguments = code.arguments();
        this.weights = new RestoredColumns(product, ir, code);
        this.stored = new StoredRows(product, ir, code, PIECES);
        this.packed = new PackedRows(product, ir, code, PIECES + StoredRows.BYTES);
        this.groups = code.size("groups.k", product.depthGroups());
        this.rows = code.size("rows", product.m().size());
        this.turn = ir.emit("alloca i64");
        this.wide = width(LANES);
        this.narrow = width(LANES / 2);
    }

    private Width width(int lanes) {
        List<String> sums = new ArrayList<>();
        for (int column = 0; column < COLUMNS; column++) {
            sums.add(ir.emit("alloca <" + lanes + " x float>, align 64"));
        }
        return new Width(lanes, sums);
    }

    static Kernel of(HeldProduct product, Map<Value, Value> sharing) {
        return new HeldPairsKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        String strips = ir.emit("udiv i64 " + code.plus(rows, Long.toString(STRIP - 1)) + ", " + STRIP);
        ir.loop("0", strips, strip -> {
            String top = code.times(strip, Long.toString(STRIP));
            strip(top, code.least(code.plus(top, Long.toString(STRIP)), rows));
        });
        long most = Math.min(product.m().size(), STRIP);
        long bytes = PIECES + StoredRows.BYTES + packed.bytes(most);
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(product.n(), COLUMNS * PANELS), bytes);
    }

    private void strip(String top, String bottom) {
        String height = code.minus(bottom, top);
        String chunks = ir.emit("udiv i64 " + code.plus(height, Integer.toString(LANES - 1)) + ", " + LANES);
        String first = code.times("%unit0", Integer.toString(PANELS));
        weights.prefetch(first);
        packed.pack(top, chunks);
        ir.line("store i64 0, ptr " + turn);
        ir.loop("0", Integer.toString(COLUMNS), column -> weights.restore(first, column, "0", "0"));
        ir.loop(
                "%unit0",
                "%unit1",
                unit -> ir.loop("0", chunks, chunk -> {
                    String row = code.plus(top, code.times(chunk, Integer.toString(LANES)));
                    String left = code.minus(rows, row);
                    String isLast = ir.emit("icmp eq i64 " + code.plus(chunk, "1") + ", " + chunks);
                    String next = ir.emit("select i1 " + isLast + ", i64 " + code.plus(unit, "1") + ", i64 " + unit);
                    ir.when(ir.emit("icmp sgt i64 " + left + ", " + narrow.lanes()), () -> {
                        multiply(wide, unit, next, chunk);
                        stored.store(row, unit, wide.lanes());
                    });
                    ir.when(ir.emit("icmp sle i64 " + left + ", " + narrow.lanes()), () -> {
                        multiply(narrow, unit, next, chunk);
                        stored.store(row, unit, narrow.lanes());
                    });
                }));
    }

    /** All panels of a unit; {@code next} is the unit whose weights are needed next. */
    private void multiply(Width width, String unit, String next, String chunk) {
        String first = code.times(unit, Integer.toString(PANELS));
        ir.loop("0", Integer.toString(PANELS), each -> {
            String panel = code.plus(first, each);
            String isLast = ir.emit("icmp eq i64 " + each + ", " + (PANELS - 1));
            String other = code.times(next, Integer.toString(PANELS));
            String after = ir.emit("select i1 " + isLast + ", i64 " + other + ", i64 " + code.plus(panel, "1"));
            panel(width, panel, after, chunk);
            for (int column = 0; column < COLUMNS; column++) {
                String sum = ir.emit(
                        "load " + width.vector() + ", ptr " + width.sums().get(column));
                String ofUnit = code.plus(code.times(each, Integer.toString(COLUMNS)), Integer.toString(column));
                stored.keep(width.vector(), sum, ofUnit);
            }
        });
    }

    private void panel(Width width, String panel, String afterPanel, String chunk) {
        width.sums().forEach(sum -> ir.line("store " + width.vector() + " zeroinitializer, ptr " + sum));
        ir.loop("0", groups, group -> {
            String now = ir.emit("load i64, ptr " + turn);
            String then = code.minus("1", now);
            String after = code.plus(group, "1");
            String isLast = ir.emit("icmp eq i64 " + after + ", " + groups);
            String next = ir.emit("select i1 " + isLast + ", i64 " + afterPanel + ", i64 " + panel);
            String ofNext = ir.emit("select i1 " + isLast + ", i64 0, i64 " + after);
            String here = code.times(now, Long.toString(PIECE));
            String there = code.times(then, Long.toString(PIECE));
            String pairs = code.times(group, Long.toString(GROUP / 2));
            ir.loop("0", Integer.toString(COLUMNS), column -> {
                weights.restore(next, column, ofNext, there);
                String first = code.times(column, Long.toString(STEPS));
                for (long step = 0; step < STEPS; step++) {
                    String pair = code.plus(first, Long.toString(step));
                    String x = packed.load(width.lanes(), chunk, code.plus(pairs, pair));
                    add(width, x, code.plus(here, code.times(pair, "2")));
                }
            });
            ir.line("store i64 " + then + ", ptr " + turn);
        });
    }

    /** Adds the products of one pair of each column. */
    private void add(Width width, String x, String at) {
        for (int column = 0; column < COLUMNS; column++) {
            String y = pair(width, code.plus(at, Long.toString(column * GROUP)));
            String slot = width.sums().get(column);
            String sum = ir.emit("load " + width.vector() + ", ptr " + slot);
            ir.line("store " + width.vector() + " " + dot(width, sum, x, y) + ", ptr " + slot);
        }
    }

    /** A pair of weights in all lanes. */
    private String pair(Width width, String at) {
        String words = "<" + width.lanes() + " x i32>";
        String place = ir.emit("getelementptr inbounds i16, ptr %scratch, i64 " + at);
        String pair = ir.emit("load i32, ptr " + place + ", align 4");
        String one = ir.emit("insertelement " + words + " poison, i32 " + pair + ", i64 0");
        String all = ir.emit("shufflevector " + words + " " + one + ", " + words + " poison, <" + width.lanes()
                + " x i32> zeroinitializer");
        return ir.emit("bitcast " + words + " " + all + " to <" + 2 * width.lanes() + " x bfloat>");
    }

    private String dot(Width width, String sum, String x, String y) {
        String vector = width.vector();
        String pairs = "<" + 2 * width.lanes() + " x bfloat>";
        String function = "@llvm.x86.avx512bf16.dpbf16ps." + 32 * width.lanes();
        ir.declare("declare " + vector + " " + function + "(" + vector + ", " + pairs + ", " + pairs + ")");
        return ir.emit("call " + vector + " " + function + "(" + vector + " " + sum + ", " + pairs + " " + x + ", "
                + pairs + " " + y + ")");
    }
}
