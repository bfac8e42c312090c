package dev.weft.backend.cpu.codegen;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Limits;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.ElementType;
import java.util.function.Supplier;

/** The running result of a reduction: in a register (a stack slot that LLVM promotes), or one per column in memory. */
final class Accumulator {
    private final IrBuilder ir;
    private final ElementCode elements;
    private final Reduction op;
    private final ElementType element;
    private final String slot;
    private final String indexSlot;

    private Accumulator(IrBuilder ir, ElementCode elements, Value reduction, String slot, String indexSlot) {
        this.ir = ir;
        this.elements = elements;
        this.op = (Reduction) reduction.op();
        this.element = element(reduction);
        this.slot = slot;
        this.indexSlot = indexSlot;
    }

    /** To be called in the entry block. */
    static Accumulator inRegister(IrBuilder ir, ElementCode elements, Value reduction) {
        String slot = ir.emit("alloca " + ElementCode.register(element(reduction)));
        boolean index = reduction.op() instanceof ArgMax;
        return new Accumulator(ir, elements, reduction, slot, index ? ir.emit("alloca i64") : "");
    }

    static Accumulator inMemory(IrBuilder ir, ElementCode elements, Value reduction) {
        return new Accumulator(ir, elements, reduction, "", "");
    }

    /** What is accumulated: the operand's type, f32 where that is narrower. */
    static ElementType element(Value reduction) {
        ElementType element = reduction.op().operands().getFirst().type().element();
        return switch (element) {
            case BF16, F16 -> ElementType.F32;
            case F32, F64, I32, I64, I8, U8, BOOL -> element;
        };
    }

    ElementType element() {
        return element;
    }

    void reset() {
        ir.line("store " + type() + " " + neutral() + ", ptr " + slot);
        if (!indexSlot.isEmpty()) {
            ir.line("store i64 0, ptr " + indexSlot);
        }
    }

    void reset(String base, String index) {
        elements.store(element, neutral(), base, index);
    }

    void add(String value) {
        ir.line("store " + type() + " " + combine(read(), value) + ", ptr " + slot);
    }

    /** @param index position in the row, for a reduction that asks where */
    void add(String value, Supplier<String> index) {
        if (indexSlot.isEmpty()) {
            add(value);
            return;
        }
        String best = read();
        String better = better(value, best);
        String position = index.get();
        String before = ir.emit("load i64, ptr " + indexSlot);
        ir.line("store i64 " + ir.emit("select i1 " + better + ", i64 " + position + ", i64 " + before) + ", ptr "
                + indexSlot);
        String most = ir.emit("select i1 " + better + ", " + type() + " " + value + ", " + type() + " " + best);
        ir.line("store " + type() + " " + most + ", ptr " + slot);
    }

    void add(String base, String index, String value) {
        elements.store(element, combine(elements.load(element, base, index), value), base, index);
    }

    String read() {
        return ir.emit("load " + type() + ", ptr " + slot);
    }

    /** The reduction's result. */
    String result() {
        return indexSlot.isEmpty() ? read() : ir.emit("trunc i64 " + ir.emit("load i64, ptr " + indexSlot) + " to i32");
    }

    private String type() {
        return ElementCode.register(element);
    }

    private String neutral() {
        return switch (op) {
            case Reduction.Fold fold -> ElementCode.literal(element, fold.neutral());
            case ArgMax _ -> ElementCode.literal(element, Limits.smallest(element));
        };
    }

    /** Order is free within a unit: this is where LLVM may use several lanes. */
    String combine(String x, String y) {
        return switch (op) {
            case ReduceSum _ ->
                element.isFloat()
                        ? ir.emit("fadd reassoc contract " + type() + " " + x + ", " + y)
                        : ir.emit("add " + type() + " " + x + ", " + y);
            case ReduceMax _ -> extreme("maximum", "max", x, y);
            case ReduceMin _ -> extreme("minimum", "min", x, y);
            case ArgMax _ -> throw new DefectException("kernel: arg_max has no partial results");
        };
    }

    private String extreme(String floating, String integer, String x, String y) {
        String name = element.isFloat()
                ? floating + (element == ElementType.F64 ? ".f64" : ".f32")
                : (ElementCode.isUnsigned(element) ? "u" : "s") + integer + "." + type();
        return ir.call(type(), "llvm." + name, type(), x, y);
    }

    private String better(String value, String best) {
        if (!element.isFloat()) {
            return ir.emit(
                    "icmp " + (ElementCode.isUnsigned(element) ? "ugt " : "sgt ") + type() + " " + value + ", " + best);
        }
        String more = ir.emit("fcmp ogt " + type() + " " + value + ", " + best);
        String isNan = ir.emit("fcmp uno " + type() + " " + value + ", " + value);
        String wasNumber = ir.emit("fcmp ord " + type() + " " + best + ", " + best);
        return ir.emit("or i1 " + more + ", " + ir.emit("and i1 " + isNan + ", " + wasNumber));
    }
}
