package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.schedule.Widened;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Some rows times weights in fewer bits, in f32. A unit restores {@value #PANEL} columns into the thread's scratch memory, rounded to the
 * element type that products read and filled up with zeros, and multiplies all rows with them, {@value #BLOCK} rows and columns at once.
 * Each element is sixteen sums in order of k, added up in one order: the same for any number of rows. All sizes are arguments.
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
        return Math.ceilDiv(product.k(), LANES) * LANES;
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
                    String end = code.least(code.plus(first, Long.toString(PANEL)), columns);
                    ir.loop(first, end, column -> restore(column, code.times(code.minus(column, first), padded)));
                    multiply(first, end);
                });
        long bytes = PANEL * paddedDepth() * Float.BYTES;
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(product.n(), PANEL), bytes);
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
            String each = scale(code.least(code.plus(scale, groups), lastScale(scale)));
            String vectors = ir.emit("udiv i64 " + code.minus(padded, full) + ", " + LANES);
            ir.loop("0", vectors, vector -> {
                String at = code.plus(full, code.times(vector, Long.toString(LANES)));
                String left = code.most(code.minus(depth, at), "0");
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
        String value = vector;
        if (from == ElementType.BF16) {
            // Not by LLVM's own type: where the processor does not round to it, a function would be called.
            value = code.widened(elements.bf16Bits(vector, RowKernel.LANES));
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
            String bottom = code.least(code.plus(top, Long.toString(STRIP)), rows);
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
            String here = code.least(code.plus(row, Integer.toString(i)), last);
            rowsOfA.add(code.plus(
                    code.size("offset.a", product.offsetA()),
                    code.times(here, code.size("row.a", product.m().a()))));
            rowsOfC.add(code.times(here, code.size("row.c", product.m().c())));
            panel.add(code.times(code.plus(ofPanel, Integer.toString(i)), padded));
        }
        sums.forEach(sum -> code.put("zeroinitializer", sum));
        // As many sums at once as stay in registers.
        int reach = product.units().wide() ? BLOCK : BLOCK / 2;
        for (int fromRow = 0; fromRow < BLOCK; fromRow += reach) {
            for (int fromColumn = 0; fromColumn < BLOCK; fromColumn += reach) {
                part(new Part(rowsOfA, panel, fromRow, fromColumn, reach));
            }
        }
        String all = VectorSums.ofSixteen(ir, sums.stream().map(code::vector).toList());
        store(all, rowsOfC, column, end);
    }

    /** So many rows and columns of a block, and where they begin; {@code rows} and {@code columns} are offsets of all. */
    private record Part(List<String> rows, List<String> columns, int fromRow, int fromColumn, int reach) {}

    private void part(Part part) {
        String steps = ir.emit("udiv i64 " + depth + ", " + LANES);
        ir.loop("0", steps, each -> add(part, code.times(each, Long.toString(LANES)), ""));
        String full = code.times(steps, Long.toString(LANES));
        ir.when(ir.emit("icmp ne i64 " + full + ", " + depth), () -> {
            String left = code.minus(depth, full);
            add(part, full, code.mask(left));
        });
    }

    private void add(Part part, String at, String mask) {
        List<String> columns = part.columns().subList(part.fromColumn(), part.fromColumn() + part.reach()).stream()
                .map(column -> code.load(ElementType.F32, "%scratch", code.plus(column, at)))
                .toList();
        for (int row = part.fromRow(); row < part.fromRow() + part.reach(); row++) {
            String index = code.plus(part.rows().get(row), at);
            String x = mask.isEmpty() ? code.load(from, a, index) : code.load(from, a, index, mask);
            for (int column = 0; column < part.reach(); column++) {
                String sum = sums.get(row * BLOCK + part.fromColumn() + column);
                code.put(code.multiplyAdd(x, columns.get(column), code.vector(sum)), sum);
            }
        }
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
