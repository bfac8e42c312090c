package dev.weft.graph.op;

import dev.weft.graph.type.ElementType;

/** The ends of an element type's range, infinities included. */
public final class Limits {

    private Limits() {}

    /** −∞ for floats, the smallest integer otherwise. */
    public static double smallest(ElementType element) {
        return switch (element) {
            case F64, F32, F16, BF16 -> Double.NEGATIVE_INFINITY;
            case I64 -> Long.MIN_VALUE;
            case I32 -> Integer.MIN_VALUE;
            case I8 -> Byte.MIN_VALUE;
            case U8, BOOL -> 0;
        };
    }

    /** +∞ for floats, the largest integer otherwise (for i64, the largest that f64 holds below 2⁶³). */
    public static double largest(ElementType element) {
        return switch (element) {
            case F64, F32, F16, BF16 -> Double.POSITIVE_INFINITY;
            case I64 -> (double) Long.MAX_VALUE;
            case I32 -> Integer.MAX_VALUE;
            case I8 -> Byte.MAX_VALUE;
            case U8 -> 255;
            case BOOL -> 1;
        };
    }
}
