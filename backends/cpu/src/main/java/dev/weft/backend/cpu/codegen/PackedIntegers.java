package dev.weft.backend.cpu.codegen;

import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows rounded to 8 bits in scratch memory, as {@link QuantizedRows} says: {@code (chunks, groups, 19, 16)} words of 32 bits. Eight pairs of lines hold
 * eight neighbours along k of sixteen rows, four in a word: of each four rows, the first line the first two, the second the others, both
 * words of a row side by side. Then come two lines of what sums of products with {@code weight + 128} begin with in the same places, −128 times the
 * sum of the group and 0; then the scales, a lane for each row. Behind the last row comes the last one again.
 */
final class PackedIntegers {
    private static final int LANES = HeldIntegersKernel.LANES;
    private static final String WORDS = "<16 x i32>";

    /** Bytes of sixteen words. */
    private static final int LINE = LANES * Integer.BYTES;

    /** Words of a group of a row. */
    private static final int DEPTH = (int) HeldProduct.GROUP / Integer.BYTES;

    /** Pairs of words of a group of a row. */
    static final int PAIRS = DEPTH / 2;

    private static final int BEGIN = DEPTH;
    private static final int SCALES = BEGIN + 2;
    private static final int LINES = SCALES + 1;

    /** Of the rows of a group before they stand side by side, and of their scales. */
    private static final long LOOSE = LANES * HeldProduct.GROUP + LINE;

    private final HeldProduct product;
    private final IrBuilder ir;
    private final FewRowsCode code;
    private final long loose;
    private final long start;
    private final String a;
    private final String groups;

    /** @param start where they begin in scratch memory, in bytes */
    PackedIntegers(HeldProduct product, IrBuilder ir, FewRowsCode code, long start) {
        this.product = product;
        this.ir = ir;
        this.code = code;
        this.loose = start;
        this.start = start + LOOSE;
        this.a = code.arguments().tensor(product.a());
        this.groups = code.size("groups", product.groups());
    }

    /** What so many rows take. */
    long bytes(long rows) {
        return LOOSE + Math.ceilDiv(rows, LANES) * product.groups() * LINES * LINE;
    }

    /** Lays down chunks of sixteen rows, {@code top} the first one. */
    void pack(String top, String chunks) {
        String last = code.minus(code.size("rows", product.m().size()), "1");
        ir.loop("0", chunks, chunk -> {
            String first = code.plus(top, code.times(chunk, Integer.toString(LANES)));
            ir.loop("0", groups, group -> {
                ir.loop("0", Integer.toString(LANES), lane -> {
                    String row = code.least(code.plus(first, lane), last);
                    String offset = code.plus(
                            code.size("offset.a", product.offsetA()),
                            code.times(row, code.size("row.a", product.m().a())));
                    round(code.plus(offset, code.times(group, Long.toString(HeldProduct.GROUP))), lane);
                });
                arrange(chunk, group);
            });
        });
    }

    /** Rounds a group of a row. */
    private void round(String at, String lane) {
        ElementType element = product.a().type().element();
        List<String> numbers = new ArrayList<>();
        String most = "";
        for (int i = 0; i < HeldProduct.GROUP; i += LANES) {
            String x = code.load(element, a, code.plus(at, Integer.toString(i)));
            numbers.add(x);
            // Magnitudes are ordered as their bits are, NaN above infinity.
            String bits = ir.emit("bitcast " + FewRowsCode.VECTOR + " " + x + " to " + WORDS);
            String magnitude = ir.emit("and " + WORDS + " " + bits + ", splat (i32 2147483647)");
            most = most.isEmpty() ? magnitude : ir.call(WORDS, "llvm.umax.v16i32", WORDS, most, magnitude);
        }
        String largest =
                ir.emit("bitcast i32 " + ir.call("i32", "llvm.vector.reduce.umax.v16i32", WORDS, most) + " to float");
        String whole = constant(QuantizedRows.MOST);
        String isTiny = ir.emit("fcmp ole float " + largest + ", " + constant(QuantizedRows.TINY));
        String shown = ir.emit("fadd float " + ir.emit("fdiv float " + largest + ", " + whole) + ", "
                + ir.emit("fsub float " + largest + ", " + largest));
        String scale = ir.emit("select i1 " + isTiny + ", float " + constant(0) + ", float " + shown);
        String quotient = ir.emit("fdiv float " + whole + ", " + largest);
        String factor = ir.emit("select i1 " + isTiny + ", float " + constant(0) + ", float " + quotient);
        keep(numbers, code.splat(factor), lane);
        String place = code.plus(code.times(lane, "4"), Long.toString(loose + LANES * HeldProduct.GROUP));
        ir.line("store float " + scale + ", ptr " + scratch(place) + ", align 4");
    }

    private void keep(List<String> numbers, String factor, String lane) {
        String function = "@llvm.x86.avx512.mask.cvtps2dq.512";
        ir.declare(
                "declare " + WORDS + " " + function + "(" + FewRowsCode.VECTOR + ", " + WORDS + ", i16, i32 immarg)");
        String row = code.plus(code.times(lane, Long.toString(HeldProduct.GROUP)), Long.toString(loose));
        for (int i = 0; i < numbers.size(); i++) {
            String scaled = ir.emit("fmul " + FewRowsCode.VECTOR + " " + numbers.get(i) + ", " + factor);
            // To nearest, halves to even; of NaN anything, its scale is NaN too.
            String rounded = ir.emit("call " + WORDS + " " + function + "(" + FewRowsCode.VECTOR + " " + scaled + ", "
                    + WORDS + " zeroinitializer, i16 -1, i32 4)");
            String bytes = ir.emit("trunc " + WORDS + " " + rounded + " to <16 x i8>");
            String to = scratch(code.plus(row, Integer.toString(i * LANES)));
            ir.line("store <16 x i8> " + bytes + ", ptr " + to + ", align 16");
        }
    }

    /** Puts the rows of a group side by side. */
    private void arrange(String chunk, String group) {
        List<String> rows = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            rows.add(ir.emit("load " + WORDS + ", ptr " + scratch(Long.toString(loose + lane * HeldProduct.GROUP))
                    + ", align 64"));
        }
        List<String> words = Transposition.of(ir, "i32", rows);
        String sums = "zeroinitializer";
        for (int i = 0; i < DEPTH; i += 2) {
            putPair(words.get(i), words.get(i + 1), chunk, group, i);
        }
        for (String word : words) {
            sums = HeldIntegersKernel.dot(ir, LANES, sums, "splat (i32 " + HeldIntegersKernel.FLIP + ")", word);
        }
        String begin = ir.emit("sub " + WORDS + " zeroinitializer, " + sums);
        putPair(begin, "zeroinitializer", chunk, group, BEGIN);
        String scales = scratch(Long.toString(loose + LANES * HeldProduct.GROUP));
        put(ir.emit("load " + WORDS + ", ptr " + scales + ", align 64"), chunk, group, SCALES);
    }

    /** Puts two words of each row side by side. */
    private void putPair(String first, String second, String chunk, String group, int line) {
        for (int half = 0; half < 2; half++) {
            List<Integer> lanes = new ArrayList<>();
            for (int row = 2 * half; row < LANES; row += 4) {
                lanes.addAll(List.of(row, LANES + row, row + 1, LANES + row + 1));
            }
            put(HeldIntegersKernel.shuffle(ir, LANES, first, second, lanes), chunk, group, line + half);
        }
    }

    private void put(String words, String chunk, String group, int line) {
        ir.line("store " + WORDS + " " + words + ", ptr " + address(chunk, group, line) + ", align 64");
    }

    private String address(String chunk, String group, int line) {
        String index = code.plus(code.times(chunk, groups), group);
        String bytes = code.times(index, Integer.toString(LINES * LINE));
        return scratch(code.plus(bytes, Long.toString(start + (long) line * LINE)));
    }

    private String scratch(String bytes) {
        return ir.emit("getelementptr inbounds i8, ptr %scratch, i64 " + bytes);
    }

    private static String constant(double value) {
        return "0x" + Long.toHexString(Double.doubleToRawLongBits(value)).toUpperCase(java.util.Locale.ROOT);
    }

    /**
     * Eight neighbours of half of the first {@code lanes} rows of a chunk; {@code pair} counts along the group.
     *
     * @param half 0 or 1
     */
    String pair(int lanes, String chunk, String group, int pair, int half) {
        return load("i32", lanes, chunk, group, 2 * pair + half);
    }

    /** What the sums of a half begin with. */
    String begin(int lanes, String chunk, String group, int half) {
        return load("i32", lanes, chunk, group, BEGIN + half);
    }

    /** The scales of a group. */
    String scales(int lanes, String chunk, String group) {
        return load("float", lanes, chunk, group, SCALES);
    }

    private String load(String type, int lanes, String chunk, String group, int line) {
        return ir.emit("load <" + lanes + " x " + type + ">, ptr " + address(chunk, group, line) + ", align "
                + lanes * Integer.BYTES);
    }
}
