package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows that are rounded to 8 bits times weights in 8 bits, on processors that multiply and add four pairs of bytes in each lane. Two lanes are
 * a row: a thread rounds up to {@value #STRIP} rows, lays them down as words of four neighbours along k ({@link PackedIntegers}), and
 * multiplies two words of each of sixteen rows with two words of a column, which are read where they lie: with one word at a time, reading
 * would take longer than multiplying. One of both factors must have no sign: it is the weight and 128, and sums begin with what that adds too much.
 *
 * <p>A unit is {@value #COLUMNS} columns. A group of rows along k stays in registers while all columns of a unit are multiplied with
 * it, {@value #AT_ONCE} at a time, and each group's sum of integers is scaled once and added to that of its column in order of k: each
 * element is the same for any number of rows. All sizes are arguments.
 */
final class HeldIntegersKernel {
    /** Of a unit: a line of the product's memory. */
    static final int COLUMNS = HeldPairsKernel.COLUMNS * HeldPairsKernel.PANELS;

    static final int LANES = HeldPairsKernel.LANES;

    /** Columns whose sums are made side by side: so many hide how long a product takes. */
    private static final int AT_ONCE = 2;

    /** Rows for which weights are read once. */
    private static final long STRIP = 64;

    private static final long LINE = 64;

    /** Adds 128 to each byte of a word. */
    static final int FLIP = 0x80808080;

    private final HeldProduct product;
    private final IrBuilder ir = new IrBuilder();
    private final FewRowsCode code;
    private final ElementCode elements = new ElementCode(ir);
    private final StoredRows stored;
    private final PackedIntegers packed;
    private final String q;
    private final String scales;
    private final String groups;
    private final String depth;
    private final String rows;
    private final String lastColumn;
    private final String ahead;
    /** In a slot of the stack: what adds 128 to each byte. It is read anew, or LLVM would add that before it fills the lanes of a vector. */
    private final String flip;

    private HeldIntegersKernel(HeldProduct product, Map<Value, Value> sharing) {
        this.product = product;
        this.code = new FewRowsCode(product.asFewRows(), ir, sharing);
        this.stored = new StoredRows(product, ir, code, 0);
        this.packed = new PackedIntegers(product, ir, code, StoredRows.BYTES);
        this.q = code.arguments().tensor(product.weights().matrix());
        this.scales = code.arguments()
                .tensor(java.util.Objects.requireNonNull(product.weights().scales()));
        this.groups = code.size("groups", product.groups());
        this.depth = code.size("depth", product.k());
        this.rows = code.size("rows", product.m().size());
        this.lastColumn = code.size("column.last", product.n() - 1);
        // The next unit's weights are read while this one's are multiplied.
        this.ahead = code.size("ahead", COLUMNS * product.k());
        this.flip = ir.emit("alloca <16 x i32>, align 64");
    }

    static Kernel of(HeldProduct product, Map<Value, Value> sharing) {
        return new HeldIntegersKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        ir.line("store <16 x i32> splat (i32 " + FLIP + "), ptr " + flip + ", align 64");
        String strips = ir.emit("udiv i64 " + code.plus(rows, Long.toString(STRIP - 1)) + ", " + STRIP);
        ir.loop("0", strips, strip -> {
            String top = code.times(strip, Long.toString(STRIP));
            strip(top, code.least(code.plus(top, Long.toString(STRIP)), rows));
        });
        Arguments arguments = code.arguments();
        long most = Math.min(product.m().size(), STRIP);
        long bytes = StoredRows.BYTES + packed.bytes(most);
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(product.n(), COLUMNS), bytes);
    }

    private void strip(String top, String bottom) {
        String height = code.minus(bottom, top);
        String chunks = ir.emit("udiv i64 " + code.plus(height, Integer.toString(LANES - 1)) + ", " + LANES);
        String start = code.times(code.times("%unit0", Integer.toString(COLUMNS)), depth);
        String lines = ir.emit("udiv i64 " + ahead + ", " + LINE);
        ir.loop("0", lines, line -> prefetch(code.plus(start, code.times(line, Long.toString(LINE)))));
        packed.pack(top, chunks);
        ir.loop(
                "%unit0",
                "%unit1",
                unit -> ir.loop("0", chunks, chunk -> {
                    String row = code.plus(top, code.times(chunk, Integer.toString(LANES)));
                    String left = code.minus(rows, row);
                    ir.when(ir.emit("icmp sgt i64 " + left + ", " + LANES / 2), () -> {
                        multiply(LANES, unit, chunk);
                        stored.store(row, unit, LANES);
                    });
                    ir.when(ir.emit("icmp sle i64 " + left + ", " + LANES / 2), () -> {
                        multiply(LANES / 2, unit, chunk);
                        stored.store(row, unit, LANES / 2);
                    });
                }));
    }

    private void prefetch(String index) {
        code.prefetch(ElementType.I8, q, index);
    }

    private void multiply(int lanes, String unit, String chunk) {
        String vector = "<" + lanes + " x float>";
        for (int column = 0; column < COLUMNS; column++) {
            stored.keep(vector, "zeroinitializer", Integer.toString(column));
        }
        String first = code.times(unit, Integer.toString(COLUMNS));
        String sign = ir.emit("load volatile <" + lanes / 2 + " x i64>, ptr " + flip + ", align 64");
        ir.loop("0", groups, group -> {
            Rows rows = rows(lanes, chunk, group);
            ir.loop("0", Integer.toString(COLUMNS / AT_ONCE), some -> {
                String column = code.times(some, Integer.toString(AT_ONCE));
                columns(lanes, first, column, group, rows, sign);
            });
        });
    }

    /** A group of rows in registers: for each pair of words and half of the rows a vector. */
    private record Rows(List<List<String>> pairs, List<String> begin, String scale) {}

    private Rows rows(int lanes, String chunk, String group) {
        List<List<String>> pairs = new ArrayList<>();
        for (int i = 0; i < PackedIntegers.PAIRS; i++) {
            pairs.add(List.of(packed.pair(lanes, chunk, group, i, 0), packed.pair(lanes, chunk, group, i, 1)));
        }
        List<String> begin = List.of(packed.begin(lanes, chunk, group, 0), packed.begin(lanes, chunk, group, 1));
        return new Rows(pairs, begin, packed.scales(lanes, chunk, group));
    }

    /** Adds the products of a group to the sums of some columns. */
    private void columns(int lanes, String first, String ofUnit, String group, Rows rows, String sign) {
        List<String> places = new ArrayList<>();
        List<String> factors = new ArrayList<>();
        List<List<String>> sums = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            String column = code.least(code.plus(first, code.plus(ofUnit, Integer.toString(i))), lastColumn);
            String at = code.plus(code.times(column, depth), code.times(group, Long.toString(HeldProduct.GROUP)));
            prefetch(code.plus(at, ahead));
            places.add(at);
            factors.add(elements.load(ElementType.F32, scales, code.plus(code.times(column, groups), group)));
            sums.add(rows.begin());
        }
        for (int pair = 0; pair < PackedIntegers.PAIRS; pair++) {
            for (int i = 0; i < AT_ONCE; i++) {
                String y = weights(lanes, code.plus(places.get(i), Integer.toString(pair * Long.BYTES)), sign);
                sums.set(
                        i,
                        List.of(
                                dot(
                                        ir,
                                        lanes,
                                        sums.get(i).get(0),
                                        y,
                                        rows.pairs().get(pair).get(0)),
                                dot(
                                        ir,
                                        lanes,
                                        sums.get(i).get(1),
                                        y,
                                        rows.pairs().get(pair).get(1))));
            }
        }
        for (int i = 0; i < AT_ONCE; i++) {
            String to = stored.address(code.plus(ofUnit, Integer.toString(i)));
            add(lanes, sums.get(i), rows.scale(), factors.get(i), to);
        }
    }

    /** Scales the sums of a column's group and adds them to those in memory. */
    private void add(int lanes, List<String> halves, String scale, String factor, String to) {
        List<Integer> even = new ArrayList<>();
        List<Integer> odd = new ArrayList<>();
        for (int four = 0; four < lanes; four += 4) {
            even.addAll(List.of(four, four + 2, lanes + four, lanes + four + 2));
            odd.addAll(List.of(four + 1, four + 3, lanes + four + 1, lanes + four + 3));
        }
        String vector = "<" + lanes + " x float>";
        String sum = ir.emit("add <" + lanes + " x i32> "
                + shuffle(ir, lanes, halves.get(0), halves.get(1), even) + ", "
                + shuffle(ir, lanes, halves.get(0), halves.get(1), odd));
        String number = ir.emit("sitofp <" + lanes + " x i32> " + sum + " to " + vector);
        String scaled = ir.emit("fmul " + vector + " " + number + ", " + scale);
        String before = ir.emit("load " + vector + ", ptr " + to + ", align 64");
        String after =
                ir.call(vector, "llvm.fma.v" + lanes + "f32", vector, scaled, splat(lanes, "float", factor), before);
        ir.line("store " + vector + " " + after + ", ptr " + to + ", align 64");
    }

    /** Lanes of two vectors of words, those of the second counted behind those of the first. */
    static String shuffle(IrBuilder ir, int lanes, String first, String second, List<Integer> places) {
        String vector = "<" + lanes + " x i32>";
        String mask = places.stream().map(place -> "i32 " + place).collect(Collectors.joining(", "));
        return ir.emit("shufflevector " + vector + " " + first + ", " + vector + " " + second + ", " + vector + " <"
                + mask + ">");
    }

    /** Eight neighbours of a column, and 128 each, in each two lanes. */
    private String weights(int lanes, String at, String sign) {
        String place = ir.emit("getelementptr inbounds i8, ptr " + q + ", i64 " + at);
        String words = ir.emit("load i64, ptr " + place + ", align 1");
        String vector = "<" + lanes / 2 + " x i64>";
        String all = ir.emit("xor " + vector + " " + splat(lanes / 2, "i64", words) + ", " + sign);
        return ir.emit("bitcast " + vector + " " + all + " to <" + lanes + " x i32>");
    }

    private String splat(int lanes, String type, String scalar) {
        String vector = "<" + lanes + " x " + type + ">";
        String one = ir.emit("insertelement " + vector + " poison, " + type + " " + scalar + ", i64 0");
        return ir.emit("shufflevector " + vector + " " + one + ", " + vector + " poison, <" + lanes
                + " x i32> zeroinitializer");
    }

    /** Adds the products of four pairs of bytes to the sums of each lane: those of {@code x} have no sign. */
    static String dot(IrBuilder ir, int lanes, String sums, String x, String y) {
        String vector = "<" + lanes + " x i32>";
        return ir.call(vector, "llvm.x86.avx512.vpdpbusd." + 32 * lanes, vector, sums, x, y);
    }
}
