package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code c += a[k] · b[k]} for a few rows of {@code b} at once, each contiguous: a unit reads its part of {@code b} from its first byte to
 * its last, while the sums stay in the nearest cache. Every sum is one chain of fused multiply-adds in order of k.
 */
final class RowKernel {
    static final long ROWS_AT_ONCE = 8;
    static final long LANES = 16;

    private final FewRows product;
    private final IrBuilder ir = new IrBuilder();
    private final ElementCode elements = new ElementCode(ir);
    private final FewRowsCode code;
    private final ElementType element;
    private final String a;
    private final String b;
    private final String sums;

    private RowKernel(FewRows product, Map<Value, Value> sharing) {
        this.product = product;
        this.code = new FewRowsCode(product, ir, sharing);
        this.element = product.b().type().element();
        this.a = code.arguments().tensor(product.a());
        this.b = code.arguments().tensor(product.b());
        this.sums = product.isInParts()
                ? code.arguments().name(product.partial())
                : code.arguments().tensor(product.c());
    }

    /** The kernel that leaves the sums in {@link FewRows#partial}, or in the product if they are not in parts. */
    static Kernel of(FewRows product, Map<Value, Value> sharing) {
        return new RowKernel(product, sharing).kernel();
    }

    private Kernel kernel() {
        ir.loop("%unit0", "%unit1", unit -> unit(code.place(unit)));
        return new Kernel(code.arguments().module(ir), code.arguments().slots(), product.units(), 0);
    }

    private void unit(FewRowsCode.Place place) {
        String whole = code.size("product.elements", product.c().type().shape().elements());
        String start = code.plus(code.plus(place.c(), code.times(place.part(), whole)), place.firstColumn());
        List<String> rows = code.rowsOfC(start);
        String width = code.minus(place.endColumn(), place.firstColumn());
        String vectors = ir.emit("udiv i64 " + width + ", " + LANES);
        String full = code.times(vectors, Long.toString(LANES));
        String mask = code.mask(code.minus(width, full));
        String isRagged = ir.emit("icmp ne i64 " + width + ", " + full);
        Columns columns = new Columns(rows, vectors, full, mask, isRagged);
        columns.each((position, tail) -> rows.forEach(row -> store("zeroinitializer", code.plus(row, position), tail)));
        depth(place, columns);
    }

    /** Groups of rows of {@code b}, then those that are left. */
    private void depth(FewRowsCode.Place place, Columns columns) {
        String perPart = code.size("part.depth", product.partDepth());
        String first = code.times(place.part(), perPart);
        String end = ir.call(
                "i64",
                "llvm.smin.i64",
                "i64",
                code.plus(first, perPart),
                code.size("depth", product.k().size()));
        String groups = ir.emit("udiv i64 " + code.minus(end, first) + ", " + ROWS_AT_ONCE);
        String startB = code.plus(place.b(), place.firstColumn());
        ir.loop("0", groups, group -> {
            String at = code.plus(first, code.times(group, Long.toString(ROWS_AT_ONCE)));
            step(place, startB, at, ROWS_AT_ONCE, columns);
        });
        ir.loop(
                code.plus(first, code.times(groups, Long.toString(ROWS_AT_ONCE))),
                end,
                at -> step(place, startB, at, 1, columns));
    }

    /** Adds {@code count} products to each sum, from number {@code at} on. */
    private void step(FewRowsCode.Place place, String startB, String at, long count, Columns columns) {
        String stepA = code.size("depth.a", product.k().a());
        String stepB = code.size("depth.b", product.k().b());
        List<List<String>> factors = new ArrayList<>();
        String isSeen = "false";
        for (String row : code.rowsOfA(code.plus(place.a(), code.times(at, stepA)))) {
            List<String> ofRow = new ArrayList<>();
            String position = row;
            for (long i = 0; i < count; i++) {
                String factor = elements.load(element, a, position);
                if (product.hides()) {
                    isSeen = ir.emit("or i1 " + isSeen + ", " + ir.emit("fcmp une float " + factor + ", 0.0"));
                }
                ofRow.add(factor);
                position = code.plus(position, stepA);
            }
            factors.add(ofRow);
        }
        if (product.hides()) {
            ir.when(isSeen, () -> multiply(startB, at, stepB, factors, columns));
        } else {
            multiply(startB, at, stepB, factors, columns);
        }
    }

    /** Adds the products of some rows of {@code b} with their factors, for each row of {@code a}. */
    private void multiply(String startB, String at, String stepB, List<List<String>> scalars, Columns columns) {
        List<List<String>> factors = scalars.stream()
                .map(row -> row.stream().map(code::splat).toList())
                .toList();
        int count = factors.getFirst().size();
        List<String> rowsOfB = new ArrayList<>(List.of(code.plus(startB, code.times(at, stepB))));
        for (long i = 1; i < count; i++) {
            rowsOfB.add(code.plus(rowsOfB.getLast(), stepB));
        }
        String ahead = code.times(stepB, Long.toString(ROWS_AT_ONCE));
        columns.each((position, tail) -> {
            List<String> vectors = new ArrayList<>();
            for (String row : rowsOfB) {
                String place = code.plus(row, position);
                if (count > 1) {
                    // Rows are too short for the processor to see them coming.
                    code.prefetch(element, b, code.plus(place, ahead));
                }
                vectors.add(load(element, b, place, tail));
            }
            for (int row = 0; row < columns.rows().size(); row++) {
                String to = code.plus(columns.rows().get(row), position);
                String sum = load(ElementType.F32, sums, to, tail);
                for (int i = 0; i < vectors.size(); i++) {
                    sum = code.multiplyAdd(factors.get(row).get(i), vectors.get(i), sum);
                }
                store(sum, to, tail);
            }
        });
    }

    private String load(ElementType type, String base, String index, String tail) {
        return tail.isEmpty() ? code.load(type, base, index) : code.load(type, base, index, tail);
    }

    private void store(String value, String index, String tail) {
        if (tail.isEmpty()) {
            code.store(value, sums, index);
        } else {
            code.store(value, sums, index, tail);
        }
    }

    private interface ColumnBody {
        /** @param tail the mask of the last columns, empty where all sixteen are there */
        void emit(String position, String tail);
    }

    /** The columns of a unit, sixteen at a time. */
    private final class Columns {
        private final List<String> rows;
        private final String vectors;
        private final String full;
        private final String mask;
        private final String isRagged;

        Columns(List<String> rows, String vectors, String full, String mask, String isRagged) {
            this.rows = rows;
            this.vectors = vectors;
            this.full = full;
            this.mask = mask;
            this.isRagged = isRagged;
        }

        /** Where the rows of the sums begin. */
        List<String> rows() {
            return rows;
        }

        void each(ColumnBody body) {
            ir.loop("0", vectors, vector -> body.emit(code.times(vector, Long.toString(LANES)), ""));
            ir.when(isRagged, () -> body.emit(full, mask));
        }
    }
}
