package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.schedule.Widened;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Some rows times weights in fewer bits. A unit restores {@value #PANEL} columns into the thread's scratch memory, as the element type
 * that products read and filled up with zeros, and multiplies all rows with them, {@value #BLOCK} rows and columns at once. Each element is
 * sixteen sums in order of k, added up in one order: the same for any number of rows. All sizes are arguments.
 */
final class HeldPanelKernel {
    static final long PANEL = 32;
    private static final int BLOCK = 4;

    /** Rows that stay in the nearest cache while the columns of a panel pass by. */
    private static final long STRIP = 16;

    private static final long LANES = RowKernel.LANES;
    private static final long AHEAD = 4096;
    private static final long LINE = 64;

    private final HeldProduct product;
    private final Widened weights;
    private final IrBuilder ir = new IrBuilder();
    private final ElementCode elements = new ElementCode(ir);
    private final Arguments arguments;
    private final FewRowsCode code;
    private final ElementType from;
    /** Whether two neighbours are multiplied at once. */
    private final boolean pairs;
    /** Elements of a step. */
    private final long step;

    private final String a;
    private final String q;
    private final String scales;
    private final String c;
    private final String depth;
    private final String padded;
    private final List<String> sums = new ArrayList<>();

    private HeldPanelKernel(HeldProduct product, Map<Value, Value> sharing) {
        this.product = product;
        this.weights = product.weights();
        this.code = new FewRowsCode(product.asFewRows(), ir, sharing);
        this.arguments = code.arguments();
        this.from = product.a().type().element();
        this.pairs = from == ElementType.BF16 && product.dots();
        this.step = pairs ? 2 * LANES : LANES;
        this.a = arguments.tensor(product.a());
        this.q = arguments.tensor(weights.matrix());
        Value scale = weights.scales();
        this.scales = scale == null ? "" : arguments.tensor(scale);
        this.c = arguments.tensor(product.c());
        this.depth = code.size("depth", product.k());
        this.padded = code.size("padded", paddedDepth());
        for (int i = 0; i < BLOCK * BLOCK; i++) {
            sums.add(ir.emit("alloca " + FewRowsCode.VECTOR + ", align 64"));
        }
    }

    private long paddedDepth() {
        return Math.ceilDiv(product.k(), step) * step;
    }

    static Kernel of(HeldProduct product, Map<Value, Value> sharing) {
        return new HeldPanelKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        String columns = code.size("columns", product.n());
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    String first = code.times(unit, Long.toString(PANEL));
                    String end = least(code.plus(first, Long.toString(PANEL)), columns);
                    ir.loop(first, end, column -> restore(column, code.times(code.minus(column, first), padded)));
                    multiply(first, end);
                });
        long bytes = PANEL * paddedDepth() * (pairs ? 2 : Float.BYTES);
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(product.n(), PANEL), bytes);
    }

    private String least(String x, String y) {
        return ir.call("i64", "llvm.smin.i64", "i64", x, y);
    }

    // ---- columns into scratch memory

    /** @param to where the column begins in scratch memory, in elements */
    private void restore(String column, String to) {
        String start = code.times(column, depth);
        String scale = code.times(column, code.size("groups", product.groups()));
        ElementType held = weights.matrix().type().element();
        String groups = ir.emit("udiv i64 " + depth + ", " + HeldProduct.GROUP);
        ir.loop("0", groups, group -> {
            String at = code.times(group, Long.toString(HeldProduct.GROUP));
            String place = code.plus(start, at);
            for (long line = 0; line < HeldProduct.GROUP * held.bytes(); line += LINE) {
                code.prefetch(held, q, code.plus(place, Long.toString((AHEAD + line) / held.bytes())));
            }
            String each = scale(code.plus(scale, group));
            for (long part = 0; part < HeldProduct.GROUP; part += LANES) {
                String numbers = code.load(held, q, code.plus(place, Long.toString(part)));
                keep(scaled(numbers, each), code.plus(to, code.plus(at, Long.toString(part))));
            }
        });
        String full = code.times(groups, Long.toString(HeldProduct.GROUP));
        ir.when(ir.emit("icmp ne i64 " + full + ", " + padded), () -> {
            // Elements behind the end are zeros, and products of zeros add nothing.
            String each = scale(least(code.plus(scale, groups), lastScale(scale)));
            String vectors = ir.emit("udiv i64 " + code.minus(padded, full) + ", " + LANES);
            ir.loop("0", vectors, vector -> {
                String at = code.plus(full, code.times(vector, Long.toString(LANES)));
                String left = ir.call("i64", "llvm.smax.i64", "i64", code.minus(depth, at), "0");
                String numbers = code.load(held, q, code.plus(start, at), code.mask(left));
                keep(scaled(numbers, each), code.plus(to, at));
            });
        });
    }

    private String lastScale(String first) {
        return code.plus(first, code.size("last.group", product.groups() - 1));
    }

    private String scale(String index) {
        return scales.isEmpty() ? "" : code.splat(elements.load(ElementType.F32, scales, index));
    }

    private String scaled(String numbers, String scale) {
        return scale.isEmpty() ? numbers : ir.emit("fmul " + FewRowsCode.VECTOR + " " + numbers + ", " + scale);
    }

    private void keep(String vector, String index) {
        if (pairs) {
            String at = ir.emit("getelementptr inbounds bfloat, ptr %scratch, i64 " + index);
            String narrow = ir.emit("fptrunc " + FewRowsCode.VECTOR + " " + vector + " to <16 x bfloat>");
            ir.line("store <16 x bfloat> " + narrow + ", ptr " + at + ", align 32");
            return;
        }
        String value = vector;
        if (from == ElementType.BF16) {
            String narrow = ir.emit("fptrunc " + FewRowsCode.VECTOR + " " + vector + " to <16 x bfloat>");
            value = ir.emit("fpext <16 x bfloat> " + narrow + " to " + FewRowsCode.VECTOR);
        }
        code.store(value, "%scratch", index);
    }

    // ---- rows times columns

    private void multiply(String first, String end) {
        String rows = code.size("rows", product.m().size());
        String blocks = ir.emit("udiv i64 " + code.plus(code.minus(end, first), "3") + ", " + BLOCK);
        String strips = ir.emit("udiv i64 " + code.plus(rows, Long.toString(STRIP - 1)) + ", " + STRIP);
        ir.loop("0", strips, strip -> {
            String top = code.times(strip, Long.toString(STRIP));
            String bottom = least(code.plus(top, Long.toString(STRIP)), rows);
            String parts = ir.emit("udiv i64 " + code.plus(code.minus(bottom, top), "3") + ", " + BLOCK);
            ir.loop("0", blocks, block -> {
                String column = code.times(block, Integer.toString(BLOCK));
                ir.loop("0", parts, part -> {
                    String row = code.plus(top, code.times(part, Integer.toString(BLOCK)));
                    block(row, rows, column, code.plus(first, column), end);
                });
            });
        });
    }

    /** Rows behind the last one are the last one again: their sums are stored twice. Columns behind the end are not stored. */
    private void block(String row, String rows, String ofPanel, String column, String end) {
        String last = code.minus(rows, "1");
        List<String> rowsOfA = new ArrayList<>();
        List<String> rowsOfC = new ArrayList<>();
        List<String> panel = new ArrayList<>();
        for (int i = 0; i < BLOCK; i++) {
            String here = least(code.plus(row, Integer.toString(i)), last);
            rowsOfA.add(code.plus(
                    code.size("offset.a", product.offsetA()),
                    code.times(here, code.size("row.a", product.m().a()))));
            rowsOfC.add(code.times(here, code.size("row.c", product.m().c())));
            panel.add(code.times(code.plus(ofPanel, Integer.toString(i)), padded));
        }
        sums.forEach(sum -> code.put("zeroinitializer", sum));
        String steps = ir.emit("udiv i64 " + depth + ", " + step);
        ir.loop("0", steps, each -> add(rowsOfA, panel, code.times(each, Long.toString(step)), ""));
        String full = code.times(steps, Long.toString(step));
        ir.when(ir.emit("icmp ne i64 " + full + ", " + depth), () -> {
            String left = code.minus(depth, full);
            add(rowsOfA, panel, full, pairs ? mask32(left) : code.mask(left));
        });
        String all = VectorSums.ofSixteen(ir, sums.stream().map(code::vector).toList());
        store(all, rowsOfC, column, end);
    }

    private String mask32(String count) {
        return ir.call("<32 x i1>", "llvm.get.active.lane.mask.v32i1.i64", "i64", "0", count);
    }

    private void add(List<String> rowsOfA, List<String> panel, String at, String mask) {
        List<String> columns =
                panel.stream().map(column -> fromScratch(code.plus(column, at))).toList();
        for (int row = 0; row < BLOCK; row++) {
            String x = row(code.plus(rowsOfA.get(row), at), mask);
            for (int column = 0; column < BLOCK; column++) {
                String sum = sums.get(row * BLOCK + column);
                code.put(product(x, columns.get(column), code.vector(sum)), sum);
            }
        }
    }

    private String fromScratch(String index) {
        if (!pairs) {
            return code.load(ElementType.F32, "%scratch", index);
        }
        String at = ir.emit("getelementptr inbounds bfloat, ptr %scratch, i64 " + index);
        return ir.emit("load <32 x bfloat>, ptr " + at + ", align 64");
    }

    private String row(String index, String mask) {
        if (!pairs) {
            return mask.isEmpty() ? code.load(from, a, index) : code.load(from, a, index, mask);
        }
        String at = ir.emit("getelementptr inbounds i16, ptr " + a + ", i64 " + index);
        String bits;
        if (mask.isEmpty()) {
            bits = ir.emit("load <32 x i16>, ptr " + at + ", align 2");
        } else {
            ir.declare("declare <32 x i16> @llvm.masked.load.v32i16.p0(ptr, i32 immarg, <32 x i1>, <32 x i16>)");
            bits = ir.emit("call <32 x i16> @llvm.masked.load.v32i16.p0(ptr " + at + ", i32 2, <32 x i1> " + mask
                    + ", <32 x i16> zeroinitializer)");
        }
        return ir.emit("bitcast <32 x i16> " + bits + " to <32 x bfloat>");
    }

    private String product(String x, String y, String sum) {
        if (!pairs) {
            return code.multiplyAdd(x, y, sum);
        }
        String function = "@llvm.x86.avx512bf16.dpbf16ps.512";
        ir.declare("declare " + FewRowsCode.VECTOR + " " + function + "(" + FewRowsCode.VECTOR
                + ", <32 x bfloat>, <32 x bfloat>)");
        return ir.emit("call " + FewRowsCode.VECTOR + " " + function + "(" + FewRowsCode.VECTOR + " " + sum
                + ", <32 x bfloat> " + x + ", <32 x bfloat> " + y + ")");
    }

    private void store(String all, List<String> rowsOfC, String column, String end) {
        ElementType to = product.c().type().element();
        for (int i = 0; i < BLOCK; i++) {
            String at = code.plus(column, Integer.toString(i));
            int of = i;
            ir.when(ir.emit("icmp slt i64 " + at + ", " + end), () -> {
                for (int row = 0; row < BLOCK; row++) {
                    String sum =
                            ir.emit("extractelement " + FewRowsCode.VECTOR + " " + all + ", i64 " + (row * BLOCK + of));
                    elements.store(to, elements.round(to, sum), c, code.plus(rowsOfC.get(row), at));
                }
            });
        }
    }
}
