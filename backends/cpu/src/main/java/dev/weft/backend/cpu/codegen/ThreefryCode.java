package dev.weft.backend.cpu.codegen;

import dev.weft.graph.op.Threefry;

/** {@link Threefry} as straight-line integer code. */
final class ThreefryCode {
    private final IrBuilder ir;

    ThreefryCode(IrBuilder ir) {
        this.ir = ir;
    }

    /**
     * Uniform in [0, 1) on a grid of 2⁻²⁴.
     *
     * @param key0 i32
     * @param key1 i32
     * @param counter i64
     */
    String uniform(String key0, String key1, String counter) {
        String parity = ir.emit("xor i32 " + ir.emit("xor i32 " + key0 + ", " + key1) + ", " + Threefry.PARITY);
        String[] keys = {key0, key1, parity};
        String low = ir.emit("trunc i64 " + counter + " to i32");
        String high = ir.emit("trunc i64 " + ir.emit("lshr i64 " + counter + ", 32") + " to i32");
        String x0 = add(low, key0);
        String x1 = add(high, key1);
        for (int group = 0; group < 5; group++) {
            for (int round = 0; round < 4; round++) {
                x0 = add(x0, x1);
                int rotation = Threefry.ROTATIONS.get((group & 1) * 4 + round);
                String rotated = ir.call("i32", "llvm.fshl.i32", "i32", x1, x1, Integer.toString(rotation));
                x1 = ir.emit("xor i32 " + rotated + ", " + x0);
            }
            x0 = add(x0, keys[(group + 1) % 3]);
            x1 = add(add(x1, keys[(group + 2) % 3]), Integer.toString(group + 1));
        }
        String fraction = ir.emit("sitofp i32 " + ir.emit("lshr i32 " + x0 + ", 8") + " to float");
        return ir.emit("fmul float " + fraction + ", " + ElementCode.f32(0x1p-24f));
    }

    private String add(String a, String b) {
        return ir.emit("add i32 " + a + ", " + b);
    }
}
