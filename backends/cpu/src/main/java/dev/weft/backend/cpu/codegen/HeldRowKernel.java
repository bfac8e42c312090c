package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.schedule.Widened;
import dev.weft.graph.type.ElementType;
import java.util.Map;

/**
 * One row times weights in fewer bits, one contiguous column after the other. Each group of the column is a sum of products with the
 * numbers as they are held; its scale is multiplied once.
 */
final class HeldRowKernel {

    /** Bytes from what is read to what is asked for: the processor itself stops at the end of a page. */
    private static final long AHEAD = 4096;

    /** Elements of a step: a group, where there are groups. */
    private static final long STEP = HeldProduct.GROUP;

    private final HeldProduct product;
    private final Widened weights;
    private final FewRows cut;
    private final IrBuilder ir = new IrBuilder();
    private final ElementCode elements = new ElementCode(ir);
    private final FewRowsCode code;
    private final String a;
    private final String q;
    private final String scales;
    private final String c;
    private final String total;
    private final String part;

    private HeldRowKernel(HeldProduct product, Map<Value, Value> sharing) {
        this.product = product;
        this.weights = product.weights();
        this.cut = product.asFewRows();
        this.code = new FewRowsCode(cut, ir, sharing);
        this.a = code.arguments().tensor(product.a());
        this.q = code.arguments().tensor(weights.matrix());
        Value scale = weights.scales();
        this.scales = scale == null ? "" : code.arguments().tensor(scale);
        this.c = code.arguments().tensor(product.c());
        this.total = ir.emit("alloca " + FewRowsCode.VECTOR + ", align 64");
        this.part = ir.emit("alloca " + FewRowsCode.VECTOR + ", align 64");
    }

    static Kernel of(HeldProduct product, Map<Value, Value> sharing) {
        return new HeldRowKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    FewRowsCode.Place place = code.place(unit);
                    String depth = code.size("depth", product.k());
                    String groups = code.size("groups", product.groups());
                    ir.loop(place.firstColumn(), place.endColumn(), column -> {
                        String start = code.times(column, depth);
                        column(place.a(), start, code.times(column, groups), depth);
                        ElementType to = product.c().type().element();
                        String sum = elements.round(to, VectorSums.of(ir, code.vector(total)));
                        elements.store(to, sum, c, code.plus(place.c(), column));
                    });
                });
        return new Kernel(code.arguments().module(ir), code.arguments().slots(), cut.units(), 0);
    }

    /** @param scale index of the first scale */
    private void column(String row, String start, String scale, String depth) {
        code.put("zeroinitializer", total);
        String steps = ir.emit("udiv i64 " + depth + ", " + STEP);
        ir.loop("0", steps, step -> {
            String at = code.times(step, Long.toString(STEP));
            long bytes = weights.matrix().type().element().bytes();
            for (long line = 0; line < STEP * bytes; line += STEP) {
                String ahead = code.plus(at, Long.toString((AHEAD + line) / bytes));
                code.prefetch(weights.matrix().type().element(), q, code.plus(start, ahead));
            }
            String sum = "";
            for (long part = 0; part < STEP; part += RowKernel.LANES) {
                String here = code.plus(at, Long.toString(part));
                sum = add(row, start, here, sum, "");
            }
            scaled(sum, code.plus(scale, step));
        });
        String full = code.times(steps, Long.toString(STEP));
        ir.when(ir.emit("icmp ne i64 " + full + ", " + depth), () -> rest(row, start, scale, full, depth, steps));
    }

    private void rest(String row, String start, String scale, String full, String depth, String steps) {
        String vectors = ir.emit("udiv i64 " + code.minus(depth, full) + ", " + RowKernel.LANES);
        code.put("zeroinitializer", part);
        ir.loop("0", vectors, vector -> {
            String here = code.plus(full, code.times(vector, Long.toString(RowKernel.LANES)));
            code.put(add(row, start, here, code.vector(part), ""), part);
        });
        String last = code.plus(full, code.times(vectors, Long.toString(RowKernel.LANES)));
        String mask = code.mask(code.minus(depth, last));
        scaled(add(row, start, last, code.vector(part), mask), code.plus(scale, steps));
    }

    /** Adds sixteen products. */
    private String add(String row, String start, String at, String sum, String mask) {
        ElementType held = weights.matrix().type().element();
        String x = load(ElementType.F32, a, code.plus(row, at), mask);
        String y = load(held, q, code.plus(start, at), mask);
        return sum.isEmpty() ? ir.emit("fmul " + FewRowsCode.VECTOR + " " + x + ", " + y) : code.multiplyAdd(x, y, sum);
    }

    private String load(ElementType element, String base, String index, String mask) {
        return mask.isEmpty() ? code.load(element, base, index) : code.load(element, base, index, mask);
    }

    /** Adds the sum of a group to that of the column. */
    private void scaled(String sum, String index) {
        String before = code.vector(total);
        String after = scales.isEmpty()
                ? ir.emit("fadd " + FewRowsCode.VECTOR + " " + before + ", " + sum)
                : code.multiplyAdd(sum, code.splat(elements.load(ElementType.F32, scales, index)), before);
        code.put(after, total);
    }
}
