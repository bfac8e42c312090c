package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;

/** Writes how columns of weights are restored in scratch memory as bf16, a group along k at a time; zeros behind the end. */
final class RestoredColumns {
    private static final long GROUP = HeldPairsKernel.GROUP;
    private static final long LINE = 64;

    /** Neighbours are read that much ahead at least, in elements. */
    private static final long LEAST_AHEAD = 4096;

    private final HeldProduct product;
    private final IrBuilder ir;
    private final FewRowsCode code;
    private final ElementCode elements;
    private final ElementType held;
    private final String q;
    private final String scales;
    private final String depth;
    private final String lastColumn;
    private final String ahead;

    RestoredColumns(HeldProduct product, IrBuilder ir, FewRowsCode code) {
        this.product = product;
        this.ir = ir;
        this.code = code;
        this.elements = new ElementCode(ir);
        Value matrix = product.weights().matrix();
        Value scale = product.weights().scales();
        this.held = matrix.type().element();
        this.q = code.arguments().tensor(matrix);
        this.scales = scale == null ? "" : code.arguments().tensor(scale);
        this.depth = code.size("depth", product.k());
        this.lastColumn = code.size("column.last", product.n() - 1);
        // The next panel's weights are read while this one's are multiplied.
        this.ahead = code.size("ahead", Math.max(HeldPairsKernel.COLUMNS * product.k(), LEAST_AHEAD));
    }

    /**
     * A group of one column of a panel; of the last column if there is none.
     *
     * @param to where the piece begins in scratch memory, in elements
     */
    void restore(String panel, String ofPanel, String group, String to) {
        String first = code.times(panel, Integer.toString(HeldPairsKernel.COLUMNS));
        String column = code.least(code.plus(first, ofPanel), lastColumn);
        String at = code.times(group, Long.toString(GROUP));
        String place = code.plus(code.times(column, depth), at);
        String target = code.plus(to, code.times(ofPanel, Long.toString(GROUP)));
        String left = code.minus(depth, at);
        String next = code.plus(place, ahead);
        for (long line = 0; line < GROUP * held.bytes(); line += LINE) {
            code.prefetch(held, q, code.plus(next, Long.toString(line / held.bytes())));
        }
        String scale = scales.isEmpty() ? "" : scale(column, group);
        ir.when(ir.emit("icmp sge i64 " + left + ", " + GROUP), () -> {
            for (long half = 0; half < GROUP; half += 32) {
                keep(pairs(code.plus(place, Long.toString(half)), scale, ""), code.plus(target, Long.toString(half)));
            }
        });
        ir.when(ir.emit("icmp slt i64 " + left + ", " + GROUP), () -> {
            for (long half = 0; half < GROUP; half += 32) {
                String here = code.most(code.minus(left, Long.toString(half)), "0");
                keep(pairs(code.plus(place, Long.toString(half)), scale, here), code.plus(target, Long.toString(half)));
            }
        });
    }

    /** Says that a panel will be read soon. */
    void prefetch(String panel) {
        String start = code.times(code.times(panel, Integer.toString(HeldPairsKernel.COLUMNS)), depth);
        long each = LINE / held.bytes();
        String lines = ir.emit("udiv i64 " + ahead + ", " + each);
        ir.loop("0", lines, line -> code.prefetch(held, q, code.plus(start, code.times(line, Long.toString(each)))));
    }

    private String scale(String column, String group) {
        String row = code.times(column, code.size("groups", product.groups()));
        return code.splat(elements.load(ElementType.F32, scales, code.plus(row, group)));
    }

    /** @param left how many there are; empty for all */
    private String pairs(String place, String scale, String left) {
        if (held == ElementType.BF16 && scale.isEmpty()) {
            return code.words(q, place, left);
        }
        String low = numbers(place, scale, left);
        String rest = left.isEmpty() ? "" : code.most(code.minus(left, "16"), "0");
        String high = numbers(code.plus(place, "16"), scale, rest);
        String function = "@llvm.x86.avx512bf16.cvtne2ps2bf16.512";
        String vector = FewRowsCode.VECTOR;
        ir.declare("declare <32 x bfloat> " + function + "(" + vector + ", " + vector + ")");
        String both =
                ir.emit("call <32 x bfloat> " + function + "(" + vector + " " + high + ", " + vector + " " + low + ")");
        return ir.emit("bitcast <32 x bfloat> " + both + " to <32 x i16>");
    }

    private String numbers(String place, String scale, String left) {
        String numbers = left.isEmpty() ? code.load(held, q, place) : code.load(held, q, place, code.mask(left));
        return scale.isEmpty() ? numbers : ir.emit("fmul " + FewRowsCode.VECTOR + " " + numbers + ", " + scale);
    }

    private void keep(String pairs, String to) {
        String at = ir.emit("getelementptr inbounds i16, ptr %scratch, i64 " + to);
        ir.line("store <32 x i16> " + pairs + ", ptr " + at + ", align 64");
    }
}
