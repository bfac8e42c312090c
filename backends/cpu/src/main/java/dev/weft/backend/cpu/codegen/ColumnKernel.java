package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Dot products of the rows of {@code a} with the columns of {@code b}, one contiguous column after the other. Each is four times sixteen
 * sums, added up in the same order for any number of rows.
 */
final class ColumnKernel {
    private static final int CHAINS = 4;
    private static final long LINE = 64;

    /** Bytes from what is read to what is asked for: the processor itself stops at the end of a page. */
    private static final long AHEAD = 4096;

    private final FewRows product;
    private final IrBuilder ir = new IrBuilder();
    private final ElementCode elements = new ElementCode(ir);
    private final FewRowsCode code;
    private final ElementType element;
    private final String a;
    private final String b;
    private final String c;

    /** For each row of {@code a} its running sums. */
    private final List<List<String>> sums = new ArrayList<>();

    private ColumnKernel(FewRows product, Map<Value, Value> sharing) {
        this.product = product;
        this.code = new FewRowsCode(product, ir, sharing);
        this.element = product.b().type().element();
        this.a = code.arguments().tensor(product.a());
        this.b = code.arguments().tensor(product.b());
        this.c = code.arguments().tensor(product.c());
        for (long row = 0; row < product.m().size(); row++) {
            List<String> chains = new ArrayList<>();
            for (int chain = 0; chain < CHAINS; chain++) {
                chains.add(ir.emit("alloca " + FewRowsCode.VECTOR + ", align 64"));
            }
            sums.add(chains);
        }
    }

    /** The kernel that stores the product. */
    static Kernel of(FewRows product, Map<Value, Value> sharing) {
        return new ColumnKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    FewRowsCode.Place place = code.place(unit);
                    List<String> rowsOfA = code.rowsOfA(place.a());
                    List<String> rowsOfC = code.rowsOfC(place.c());
                    String step = code.size("column.b", product.n().b());
                    ir.loop(place.firstColumn(), place.endColumn(), column -> {
                        column(rowsOfA, code.plus(place.b(), code.times(column, step)));
                        for (int row = 0; row < sums.size(); row++) {
                            ElementType to = product.c().type().element();
                            String total = elements.round(to, total(sums.get(row)));
                            elements.store(to, total, c, code.plus(rowsOfC.get(row), column));
                        }
                    });
                });
        return new Kernel(code.arguments().module(ir), code.arguments().slots(), product.units(), 0);
    }

    private void column(List<String> rowsOfA, String columnOfB) {
        sums.forEach(chains -> chains.forEach(chain -> put("zeroinitializer", chain)));
        String depth = code.size("depth", product.k().size());
        long wide = CHAINS * RowKernel.LANES;
        String groups = ir.emit("udiv i64 " + depth + ", " + wide);
        ir.loop("0", groups, group -> {
            for (int chain = 0; chain < CHAINS; chain++) {
                String at = code.plus(code.times(group, Long.toString(wide)), Long.toString(chain * RowKernel.LANES));
                add(rowsOfA, columnOfB, at, chain, "");
            }
        });
        String vectors = ir.emit("udiv i64 " + depth + ", " + RowKernel.LANES);
        ir.loop(
                code.times(groups, Integer.toString(CHAINS)),
                vectors,
                vector -> add(rowsOfA, columnOfB, code.times(vector, Long.toString(RowKernel.LANES)), 0, ""));
        String full = code.times(vectors, Long.toString(RowKernel.LANES));
        ir.when(
                ir.emit("icmp ne i64 " + full + ", " + depth),
                () -> add(rowsOfA, columnOfB, full, 1, code.mask(code.minus(depth, full))));
    }

    /** Adds sixteen products to the sums of a chain; those of {@code tail} if it is not empty. */
    private void add(List<String> rowsOfA, String columnOfB, String at, int chain, String tail) {
        String place = code.plus(columnOfB, at);
        if (tail.isEmpty() && chain * RowKernel.LANES * element.bytes() % LINE == 0) {
            code.prefetch(element, b, code.plus(place, Long.toString(AHEAD / element.bytes())));
        }
        String y = load(b, place, tail);
        for (int row = 0; row < sums.size(); row++) {
            String x = load(a, code.plus(rowsOfA.get(row), at), tail);
            String sum = sums.get(row).get(chain);
            put(code.multiplyAdd(x, y, get(sum)), sum);
        }
    }

    private String load(String base, String index, String tail) {
        return tail.isEmpty() ? code.load(element, base, index) : code.load(element, base, index, tail);
    }

    private String get(String slot) {
        return ir.emit("load " + FewRowsCode.VECTOR + ", ptr " + slot + ", align 64");
    }

    private void put(String value, String slot) {
        ir.line("store " + FewRowsCode.VECTOR + " " + value + ", ptr " + slot + ", align 64");
    }

    /** Halves onto each other: always in this order. */
    private String total(List<String> chains) {
        String all = add(
                16, add(16, get(chains.get(0)), get(chains.get(1))), add(16, get(chains.get(2)), get(chains.get(3))));
        for (int lanes = 8; lanes >= 1; lanes /= 2) {
            all = add(lanes, half(all, lanes, 0), half(all, lanes, lanes));
        }
        return ir.emit("extractelement <1 x float> " + all + ", i64 0");
    }

    private String add(int lanes, String x, String y) {
        return ir.emit("fadd <" + lanes + " x float> " + x + ", " + y);
    }

    private String half(String vector, int lanes, int from) {
        StringBuilder places = new StringBuilder();
        for (int i = 0; i < lanes; i++) {
            places.append(i == 0 ? "" : ", ").append("i32 ").append(from + i);
        }
        String type = "<" + 2 * lanes + " x float>";
        return ir.emit("shufflevector " + type + " " + vector + ", " + type + " poison, <" + lanes + " x i32> <"
                + places + ">");
    }
}
