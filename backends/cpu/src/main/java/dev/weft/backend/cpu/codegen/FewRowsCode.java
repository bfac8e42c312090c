package dev.weft.backend.cpu.codegen;

import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Space;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the kernels of products with few rows have in common. All sizes are arguments, so that one kernel serves every matrix of a layout
 * and an element type.
 */
final class FewRowsCode {
    static final String VECTOR = "<16 x float>";
    private static final String MASK = "<16 x i1>";

    private final FewRows product;
    private final IrBuilder ir;
    private final ElementCode elements;
    private final Arguments arguments;

    /** Where a unit is in its matrices: offsets in elements. */
    record Place(String a, String b, String c, String firstColumn, String endColumn, String part) {}

    FewRowsCode(FewRows product, IrBuilder ir, Map<dev.weft.graph.Value, dev.weft.graph.Value> sharing) {
        this.product = product;
        this.ir = ir;
        this.elements = new ElementCode(ir);
        this.arguments = new Arguments(sharing, new Demands(Space.of(1, 1), Set.of(), Set.of()));
    }

    Arguments arguments() {
        return arguments;
    }

    String size(String name, long value) {
        return arguments.name(new Slot.Size(name, value));
    }

    /** Parts are numbered fastest, then blocks of columns, then the loops from the last to the first. */
    Place place(String unit) {
        String parts = size("parts", product.parts());
        String blocks = size("blocks", product.blocks());
        String part = ir.emit("urem i64 " + unit + ", " + parts);
        String rest = ir.emit("udiv i64 " + unit + ", " + parts);
        String block = ir.emit("urem i64 " + rest + ", " + blocks);
        rest = ir.emit("udiv i64 " + rest + ", " + blocks);
        String a = size("offset.a", product.offsetA());
        String b = size("offset.b", product.offsetB());
        String c = "0";
        for (int i = product.loops().size() - 1; i >= 0; i--) {
            FewRows.Axis loop = product.loops().get(i);
            String count = size("loop" + i, loop.size());
            String index = ir.emit("urem i64 " + rest + ", " + count);
            rest = ir.emit("udiv i64 " + rest + ", " + count);
            a = plus(a, times(index, size("loop" + i + ".a", loop.a())));
            b = plus(b, times(index, size("loop" + i + ".b", loop.b())));
            c = plus(c, times(index, size("loop" + i + ".c", loop.c())));
        }
        String columns = size("columns", product.n().size());
        String width = size("block.columns", product.blockColumns());
        String first = times(block, width);
        String end = ir.call("i64", "llvm.smin.i64", "i64", plus(first, width), columns);
        return new Place(a, b, c, first, end, part);
    }

    /** Offsets of the rows of {@code a}, at {@code start}. */
    List<String> rowsOfA(String start) {
        return rows(start, "row.a", product.m().a());
    }

    /** Offsets of the rows of {@code c}, at {@code start}. */
    List<String> rowsOfC(String start) {
        return rows(start, "row.c", product.m().c());
    }

    private List<String> rows(String start, String name, long step) {
        List<String> rows = new ArrayList<>(List.of(start));
        for (long row = 1; row < product.m().size(); row++) {
            rows.add(plus(rows.getLast(), size(name, step)));
        }
        return rows;
    }

    /** Sixteen elements as f32. */
    String load(ElementType element, String base, String index) {
        String at = elements.address(element, base, index);
        return switch (element) {
            case F32 -> ir.emit("load " + VECTOR + ", ptr " + at + ", align 4");
            case I8 -> numbers(ir.emit("load <16 x i8>, ptr " + at + ", align 1"));
            default -> widened(ir.emit("load <16 x i16>, ptr " + at + ", align 2"));
        };
    }

    /** The elements of a mask as f32, and 0 for the others, of which nothing is read. */
    String load(ElementType element, String base, String index, String mask) {
        String at = elements.address(element, base, index);
        if (element == ElementType.F32) {
            return maskedLoad("float", "f32", at, mask, 4);
        }
        return element == ElementType.I8
                ? numbers(maskedLoad("i8", "i8", at, mask, 1))
                : widened(maskedLoad("i16", "i16", at, mask, 2));
    }

    private String numbers(String bytes) {
        return ir.emit("sitofp <16 x i32> " + ir.emit("sext <16 x i8> " + bytes + " to <16 x i32>") + " to " + VECTOR);
    }

    /** The vector in a slot of the stack. */
    String vector(String slot) {
        return ir.emit("load " + VECTOR + ", ptr " + slot + ", align 64");
    }

    /** Puts a vector into a slot of the stack. */
    void put(String value, String slot) {
        ir.line("store " + VECTOR + " " + value + ", ptr " + slot + ", align 64");
    }

    /** Says that an element will be read soon: it may lie behind the end of its tensor. */
    void prefetch(ElementType element, String base, String index) {
        ir.declare("declare void @llvm.prefetch.p0(ptr nocapture readonly, i32 immarg, i32 immarg, i32 immarg)");
        String scaled = times(index, Integer.toString(element.bytes()));
        String at = ir.emit("getelementptr i8, ptr " + base + ", i64 " + scaled);
        ir.line("call void @llvm.prefetch.p0(ptr " + at + ", i32 0, i32 2, i32 1)");
    }

    private String maskedLoad(String type, String suffix, String at, String mask, int align) {
        String vector = "<16 x " + type + ">";
        String function = "@llvm.masked.load.v16" + suffix + ".p0";
        ir.declare("declare " + vector + " " + function + "(ptr, i32 immarg, " + MASK + ", " + vector + ")");
        return ir.emit("call " + vector + " " + function + "(ptr " + at + ", i32 " + align + ", " + MASK + " " + mask
                + ", " + vector + " zeroinitializer)");
    }

    /** Sixteen bf16, given as their bits, as f32. */
    String widened(String halves) {
        String wide = ir.emit("zext <16 x i16> " + halves + " to <16 x i32>");
        String bits = ir.emit("shl <16 x i32> " + wide + ", splat (i32 16)");
        return ir.emit("bitcast <16 x i32> " + bits + " to " + VECTOR);
    }

    void store(String value, String base, String index) {
        String at = elements.address(ElementType.F32, base, index);
        ir.line("store " + VECTOR + " " + value + ", ptr " + at + ", align 4");
    }

    void store(String value, String base, String index, String mask) {
        String function = "@llvm.masked.store.v16f32.p0";
        ir.declare("declare void " + function + "(" + VECTOR + ", ptr, i32 immarg, " + MASK + ")");
        String at = elements.address(ElementType.F32, base, index);
        ir.line("call void " + function + "(" + VECTOR + " " + value + ", ptr " + at + ", i32 4, " + MASK + " " + mask
                + ")");
    }

    /** The first {@code count} of sixteen. */
    String mask(String count) {
        return ir.call(MASK, "llvm.get.active.lane.mask.v16i1.i64", "i64", "0", count);
    }

    /** 32 elements of bf16 as their bits; if {@code left} is not empty, so many of them, and zeros. */
    String words(String base, String index, String left) {
        String at = elements.address(ElementType.BF16, base, index);
        if (left.isEmpty()) {
            return ir.emit("load <32 x i16>, ptr " + at + ", align 2");
        }
        String mask = ir.call("<32 x i1>", "llvm.get.active.lane.mask.v32i1.i64", "i64", "0", left);
        ir.declare("declare <32 x i16> @llvm.masked.load.v32i16.p0(ptr, i32 immarg, <32 x i1>, <32 x i16>)");
        return ir.emit("call <32 x i16> @llvm.masked.load.v32i16.p0(ptr " + at + ", i32 2, <32 x i1> " + mask
                + ", <32 x i16> zeroinitializer)");
    }

    /** One element in all sixteen places. */
    String splat(String scalar) {
        String one = ir.emit("insertelement " + VECTOR + " poison, float " + scalar + ", i64 0");
        return ir.emit("shufflevector " + VECTOR + " " + one + ", " + VECTOR + " poison, <16 x i32> zeroinitializer");
    }

    String multiplyAdd(String a, String b, String sum) {
        return ir.call(VECTOR, "llvm.fma.v16f32", VECTOR, a, b, sum);
    }

    String times(String x, String y) {
        return ir.emit("mul nsw i64 " + x + ", " + y);
    }

    String plus(String x, String y) {
        return ir.emit("add nsw i64 " + x + ", " + y);
    }

    String minus(String x, String y) {
        return ir.emit("sub nsw i64 " + x + ", " + y);
    }

    String least(String x, String y) {
        return ir.call("i64", "llvm.smin.i64", "i64", x, y);
    }

    String most(String x, String y) {
        return ir.call("i64", "llvm.smax.i64", "i64", x, y);
    }
}
