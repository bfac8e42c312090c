package dev.weft.backend.testkit;

import dev.weft.graph.op.Arithmetic;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.FloatUnary;
import dev.weft.graph.op.Floor;
import dev.weft.graph.op.Mod;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Round;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.op.Sqrt;
import dev.weft.graph.type.ElementType;

/** How far one op may be from its reference meaning, rounded to the type: the rtol of {@link Agreement}. */
final class Tolerance {

    /** Through a whole graph of f32 ops, generated well conditioned. */
    static final double GRAPH = 5e-5;

    /** The distance of two neighbouring bf16 numbers relative to their size. */
    static final double BF16_UNIT = 0x1p-7;

    private Tolerance() {}

    /** 0 where a result is determined: movement, comparisons, integers. */
    static double of(Op op, ElementType element) {
        double unit = unit(element);
        return switch (op) {
            // Sums of many terms in any order.
            case ReduceSum _, CumulativeSum _, DotGeneral _, ScatterAdd _ -> 16 * unit;
            case Floor _, Round _ -> 0;
            // Rounded once by IEEE 754; a type without hardware of its own may be rounded twice.
            case Sqrt _ -> unit;
            case Mod _, Pow _, Erf _ -> 16 * unit;
            case FloatUnary _ -> 8 * unit;
            case Arithmetic _ -> unit;
            default -> 0;
        };
    }

    /** The distance of two neighbouring numbers relative to their size; 0 for integers and bools. */
    private static double unit(ElementType element) {
        return switch (element) {
            case F64 -> 0x1p-52;
            case F32 -> 0x1p-23;
            case F16 -> 0x1p-10;
            case BF16 -> BF16_UNIT;
            case I64, I32, I8, U8, BOOL -> 0;
        };
    }
}
