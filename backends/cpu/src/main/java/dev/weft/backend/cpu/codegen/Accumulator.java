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
import java.util.function.LongFunction;
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
        String slot = ir.emit("alloca " + (isOrdered(reduction) ? "i32" : ElementCode.register(element(reduction))));
        return new Accumulator(ir, elements, reduction, slot, asksWhere(reduction) ? ir.emit("alloca i64") : "");
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
        ir.line("store " + slotType() + " " + (isOrdered() ? Integer.toString(orderedNeutral()) : neutral()) + ", ptr "
                + slot);
        if (!indexSlot.isEmpty()) {
            ir.line("store i64 0, ptr " + indexSlot);
        }
    }

    void reset(Partials partials, String index) {
        elements.store(element, neutral(), partials.values(), index);
        if (asksWhere()) {
            elements.store(ElementType.I64, "0", partials.places(), index);
        }
    }

    /**
     * Running results in memory.
     *
     * @param values address of the first
     * @param places address of the first place, for a reduction that asks where; else empty
     */
    record Partials(String values, String places) {}

    /** Whether the result is where the largest is, not what it is. */
    static boolean asksWhere(Value reduction) {
        return reduction.op() instanceof ArgMax;
    }

    private boolean asksWhere() {
        return op instanceof ArgMax;
    }

    /** Bytes of the memory for {@code count} running results: values, then places. */
    static long partialBytes(Value reduction, long count) {
        return asksWhere(reduction)
                ? placesOffset(reduction, count) + count * Long.BYTES
                : count * element(reduction).bytes();
    }

    static long placesOffset(Value reduction, long count) {
        return Math.ceilDiv(count * element(reduction).bytes(), Long.BYTES) * Long.BYTES;
    }

    /** @param where place of the value, for a reduction that asks where */
    void add(String value, Supplier<String> where) {
        if (asksWhere()) {
            Best best = better(new Best(read(), ir.emit("load i64, ptr " + indexSlot)), new Best(value, where.get()));
            ir.line("store " + type() + " " + best.value() + ", ptr " + slot);
            ir.line("store i64 " + best.place() + ", ptr " + indexSlot);
        } else if (isOrdered()) {
            String before = ir.emit("load i32, ptr " + slot);
            String most = ir.call(
                    "i32", op instanceof ReduceMax ? "llvm.smax.i32" : "llvm.smin.i32", "i32", before, ordered(value));
            ir.line("store i32 " + most + ", ptr " + slot);
        } else {
            ir.line("store " + type() + " " + combine(read(), value) + ", ptr " + slot);
        }
    }

    void add(Partials partials, String index, String value, Supplier<String> where) {
        String before = elements.load(element, partials.values(), index);
        if (asksWhere()) {
            String place = elements.load(ElementType.I64, partials.places(), index);
            Best best = better(new Best(before, place), new Best(value, where.get()));
            elements.store(element, best.value(), partials.values(), index);
            elements.store(ElementType.I64, best.place(), partials.places(), index);
        } else {
            elements.store(element, combine(before, value), partials.values(), index);
        }
    }

    /** Leaves the running result of the registers in memory. */
    void spill(Partials partials, String index) {
        elements.store(element, read(), partials.values(), index);
        if (asksWhere()) {
            elements.store(ElementType.I64, ir.emit("load i64, ptr " + indexSlot), partials.places(), index);
        }
    }

    /**
     * The result of several running results; of equals the first.
     *
     * @param start where each of them begins, counted from the first
     */
    String total(Partials partials, String index, LongFunction<String> start, long number) {
        String value = elements.load(element, partials.values(), index);
        String place = asksWhere() ? elements.load(ElementType.I64, partials.places(), index) : "";
        for (long partial = 1; partial < number; partial++) {
            String position = ir.emit("add nsw i64 " + index + ", " + start.apply(partial));
            String next = elements.load(element, partials.values(), position);
            if (asksWhere()) {
                Best best = better(
                        new Best(value, place),
                        new Best(next, elements.load(ElementType.I64, partials.places(), position)));
                value = best.value();
                place = best.place();
            } else {
                value = combine(value, next);
            }
        }
        return asksWhere() ? ir.emit("trunc i64 " + place + " to i32") : value;
    }

    private record Best(String value, String place) {}

    private Best better(Best best, Best next) {
        String better = isBetter(next.value(), best.value());
        String type = type();
        return new Best(
                ir.emit("select i1 " + better + ", " + type + " " + next.value() + ", " + type + " " + best.value()),
                ir.emit("select i1 " + better + ", i64 " + next.place() + ", i64 " + best.place()));
    }

    String read() {
        return isOrdered()
                ? ir.emit("bitcast i32 " + mirrored(ir.emit("load i32, ptr " + slot)) + " to float")
                : ir.emit("load " + type() + ", ptr " + slot);
    }

    /** The reduction's result. */
    String result() {
        return indexSlot.isEmpty() ? read() : ir.emit("trunc i64 " + ir.emit("load i64, ptr " + indexSlot) + " to i32");
    }

    private String type() {
        return ElementCode.register(element);
    }

    private String slotType() {
        return isOrdered() ? "i32" : type();
    }

    private boolean isOrdered() {
        return !slot.isEmpty() && isOrdered(op, element);
    }

    private static boolean isOrdered(Value reduction) {
        return isOrdered((Reduction) reduction.op(), element(reduction));
    }

    /**
     * Whether the register holds an int in the order of the floats. LLVM turns the maximum of {@code select(mask, x, -inf)} into a
     * select between the running result and the maximum, and then finds no reduction that it could vectorize; over ints it does.
     */
    private static boolean isOrdered(Reduction op, ElementType element) {
        return element == ElementType.F32 && (op instanceof ReduceMax || op instanceof ReduceMin);
    }

    /**
     * An f32 as an int of the same order, −0 below +0, every NaN beyond the infinity that wins: its sign is set so. A constant in its
     * place would make LLVM fold the select into the reduction again.
     */
    private String ordered(String value) {
        String bits = ir.emit("bitcast float " + value + " to i32");
        String magnitude = ir.emit("and i32 " + bits + ", " + Integer.MAX_VALUE);
        String wins = op instanceof ReduceMax ? magnitude : ir.emit("xor i32 " + magnitude + ", -1");
        String isNan = ir.emit("fcmp uno float " + value + ", " + value);
        return ir.emit("select i1 " + isNan + ", i32 " + wins + ", i32 " + mirrored(bits));
    }

    /** Flips the magnitude where the sign is set; its own inverse. */
    private String mirrored(String bits) {
        String flips = ir.emit("and i32 " + ir.emit("ashr i32 " + bits + ", 31") + ", " + Integer.MAX_VALUE);
        return ir.emit("xor i32 " + bits + ", " + flips);
    }

    private int orderedNeutral() {
        int bits = Float.floatToIntBits(op instanceof ReduceMax ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private String neutral() {
        return switch (op) {
            case Reduction.Fold fold -> ElementCode.literal(element, fold.neutral());
            case ArgMax _ -> ElementCode.literal(element, Limits.smallest(element));
        };
    }

    /** Order is free within a unit: this is where LLVM may use several lanes. */
    private String combine(String x, String y) {
        return switch (op) {
            case ReduceSum _ ->
                element.isFloat()
                        ? ir.emit("fadd reassoc contract " + type() + " " + x + ", " + y)
                        : ir.emit("add " + type() + " " + x + ", " + y);
            case ReduceMax _ -> extreme("maximum", "max", x, y);
            case ReduceMin _ -> extreme("minimum", "min", x, y);
            case ArgMax _ -> throw new DefectException("kernel: arg_max keeps places, not sums");
        };
    }

    private String extreme(String floating, String integer, String x, String y) {
        String name = element.isFloat()
                ? floating + (element == ElementType.F64 ? ".f64" : ".f32")
                : (ElementCode.isUnsigned(element) ? "u" : "s") + integer + "." + type();
        return ir.call(type(), "llvm." + name, type(), x, y);
    }

    private String isBetter(String value, String best) {
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
