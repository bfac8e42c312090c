package dev.weft.backend.cpu.codegen;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of bf16 in scratch memory as {@code (chunks, k / 2, 16, 2)}: pairs along k of sixteen rows side by side. Behind the last row comes
 * the last one again, behind the end of a row zeros, up to a whole number of groups.
 */
final class PackedRows {
    private static final int LANES = HeldPairsKernel.LANES;
    private static final String WORDS = "<16 x i32>";

    private final HeldProduct product;
    private final IrBuilder ir;
    private final FewRowsCode code;
    private final long start;
    private final String a;
    private final String pairs;

    /** @param start where they begin in scratch memory, in bytes */
    PackedRows(HeldProduct product, IrBuilder ir, FewRowsCode code, long start) {
        this.product = product;
        this.ir = ir;
        this.code = code;
        this.start = start;
        this.a = code.arguments().tensor(product.a());
        this.pairs = code.size("pairs", product.depthGroups() * HeldPairsKernel.GROUP / 2);
    }

    /** What so many rows take. */
    long bytes(long rows) {
        return Math.ceilDiv(rows, LANES) * LANES * product.depthGroups() * HeldPairsKernel.GROUP * Short.BYTES;
    }

    /** Lays down chunks of sixteen rows, {@code top} the first one. */
    void pack(String top, String chunks) {
        String last = code.minus(code.size("rows", product.m().size()), "1");
        ir.loop("0", chunks, chunk -> {
            String first = code.plus(top, code.times(chunk, Integer.toString(LANES)));
            List<String> rows = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                String row = code.least(code.plus(first, Integer.toString(lane)), last);
                rows.add(code.plus(
                        code.size("offset.a", product.offsetA()),
                        code.times(row, code.size("row.a", product.m().a()))));
            }
            String depth = code.size("depth", product.k());
            String squares = ir.emit("udiv i64 " + depth + ", " + 2 * LANES);
            ir.loop("0", squares, square -> square(rows, chunk, square, ""));
            String all = ir.emit("udiv i64 " + pairs + ", " + LANES);
            ir.loop(squares, all, square -> {
                String left = code.most(code.minus(depth, code.times(square, Integer.toString(2 * LANES))), "0");
                square(rows, chunk, square, left);
            });
        });
    }

    /** Sixteen pairs of sixteen rows. */
    private void square(List<String> rows, String chunk, String square, String left) {
        String at = code.times(square, Integer.toString(2 * LANES));
        List<String> words = rows.stream()
                .map(row -> code.words(a, code.plus(row, at), left))
                .map(halves -> ir.emit("bitcast <32 x i16> " + halves + " to " + WORDS))
                .toList();
        String first = code.times(square, Integer.toString(LANES));
        List<String> columns = Transposition.of(ir, "i32", words);
        for (int i = 0; i < LANES; i++) {
            String to = address(chunk, code.plus(first, Integer.toString(i)));
            ir.line("store " + WORDS + " " + columns.get(i) + ", ptr " + to + ", align 64");
        }
    }

    private String address(String chunk, String pair) {
        String index = code.plus(code.times(chunk, pairs), pair);
        String bytes = code.plus(code.times(index, Integer.toString(LANES * Integer.BYTES)), Long.toString(start));
        return ir.emit("getelementptr inbounds i8, ptr %scratch, i64 " + bytes);
    }

    /** One pair of the first {@code lanes} rows of a chunk. */
    String load(int lanes, String chunk, String pair) {
        String words = ir.emit("load <" + lanes + " x i32>, ptr " + address(chunk, pair) + ", align " + lanes * 4);
        return ir.emit("bitcast <" + lanes + " x i32> " + words + " to <" + 2 * lanes + " x bfloat>");
    }
}
