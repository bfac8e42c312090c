package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Limits;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.ElementType;

/**
 * The running result of a reduction: a variable of a C++ type that adds elements and joins others of its kind.
 *
 * @param type in C++
 * @param start before any element
 * @param bytes of one
 */
record Reducer(Value reduction, String type, String start, int bytes) {

    /** Declares what {@code of_block} needs: {@code exchange} and {@code turn}. */
    static void beginExchange(Writer writer) {
        writer.line("SHARED u64 exchange[EXCHANGE];");
        writer.line("i32 turn = 0;");
    }

    static Reducer of(Value reduction) {
        Reduction op = (Reduction) reduction.op();
        ElementType element = op.operands().getFirst().type().element();
        String running = Elements.running(element);
        int bytes = Elements.runningBytes(element);
        return switch (op) {
            case ReduceSum sum -> fold(reduction, "Sum", running, element, sum.neutral(), bytes);
            case ReduceMax max -> fold(reduction, "Most", running, element, max.neutral(), bytes);
            case ReduceMin min -> fold(reduction, "Least", running, element, min.neutral(), bytes);
            case ArgMax _ -> {
                String least = Elements.literal(wide(element), Limits.smallest(element));
                yield new Reducer(reduction, "Where<" + running + ">", "{" + least + ", -1}", 2 * Long.BYTES);
            }
        };
    }

    private static Reducer fold(
            Value reduction, String name, String running, ElementType element, double neutral, int bytes) {
        return new Reducer(
                reduction, name + "<" + running + ">", "{" + Elements.literal(wide(element), neutral) + "}", bytes);
    }

    private static ElementType wide(ElementType element) {
        return switch (element) {
            case I8, U8, BOOL -> ElementType.I32;
            case F32, BF16, F16, F64, I32, I64 -> element;
        };
    }

    /** The reduction's result, as a register of its element type, from a running result. */
    String result(String running) {
        ElementType element = reduction.type().element();
        return reduction.op() instanceof ArgMax
                ? "(i32) " + running + ".at"
                : Elements.rounded(element, "(" + Elements.register(element) + ") " + running + ".value");
    }
}
