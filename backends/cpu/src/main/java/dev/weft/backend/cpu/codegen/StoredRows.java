package dev.weft.backend.cpu.codegen;

import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Writes how the sums of a unit, one vector with rows in its lanes for each column, become rows of the product. */
final class StoredRows {
    private static final int COLUMNS = HeldPairsKernel.COLUMNS * HeldPairsKernel.PANELS;
    private static final int LANES = HeldPairsKernel.LANES;

    /** What the sums take in scratch memory. */
    static final long BYTES = (long) COLUMNS * LANES * Float.BYTES;

    private final HeldProduct product;
    private final IrBuilder ir;
    private final FewRowsCode code;
    private final long start;
    private final String c;

    /** @param start where sums begin in scratch memory, in bytes */
    StoredRows(HeldProduct product, IrBuilder ir, FewRowsCode code, long start) {
        this.product = product;
        this.ir = ir;
        this.code = code;
        this.start = start;
        this.c = code.arguments().tensor(product.c());
    }

    /** Puts the sums of a column into scratch memory. */
    void keep(String type, String sum, String column) {
        ir.line("store " + type + " " + sum + ", ptr " + address(column) + ", align 64");
    }

    /** Where the sums of a column lie in scratch memory. */
    String address(String column) {
        String at = code.plus(code.times(column, Integer.toString(LANES * Float.BYTES)), Long.toString(start));
        return ir.emit("getelementptr inbounds i8, ptr %scratch, i64 " + at);
    }

    /** Rows behind the last one are the last one again, and stored twice. Columns behind the end are not stored. */
    void store(String row, String unit, int lanes) {
        ElementType to = product.c().type().element();
        String last = code.minus(code.size("rows", product.m().size()), "1");
        String column = code.times(unit, Integer.toString(COLUMNS));
        String mask = code.mask(code.minus(code.size("columns", product.n()), column));
        List<String> sums = new ArrayList<>();
        for (int i = 0; i < COLUMNS; i++) {
            sums.add(ir.emit("load " + FewRowsCode.VECTOR + ", ptr " + address(Integer.toString(i)) + ", align 64"));
        }
        List<String> square = Transposition.of(ir, "float", sums);
        for (int lane = 0; lane < lanes; lane++) {
            String here = code.least(code.plus(row, Integer.toString(lane)), last);
            String index =
                    code.plus(code.times(here, code.size("row.c", product.m().c())), column);
            store(to, square.get(lane), new ElementCode(ir).address(to, c, index), mask);
        }
    }

    private void store(ElementType to, String row, String at, String mask) {
        boolean isWide = to == ElementType.F32;
        String type = "<" + COLUMNS + (isWide ? " x float>" : " x i16>");
        String function = "@llvm.masked.store.v" + COLUMNS + (isWide ? "f32" : "i16") + ".p0";
        ir.declare("declare void " + function + "(" + type + ", ptr, i32 immarg, <" + COLUMNS + " x i1>)");
        ir.line("call void " + function + "(" + type + " " + (isWide ? row : new ElementCode(ir).bf16Bits(row, COLUMNS))
                + ", ptr " + at + ", i32 " + to.bytes() + ", <" + COLUMNS + " x i1> " + mask + ")");
    }
}
