package dev.weft.backend.cuda.codegen;

import dev.weft.graph.type.ElementType;

/**
 * How elements of each type are held: in memory as their own bytes, in registers as something to compute with. bf16 and f16 are float
 * in registers, rounded after every op, so that fused and unfused results agree.
 */
final class Elements {
    private Elements() {}

    /** The C++ type in registers. */
    static String register(ElementType element) {
        return switch (element) {
            case F32, BF16, F16 -> "float";
            case F64 -> "double";
            case I32 -> "i32";
            case I64 -> "i64";
            case I8 -> "i8";
            case U8 -> "u8";
            case BOOL -> "bool";
        };
    }

    /** The C++ type in memory. */
    static String memory(ElementType element) {
        return switch (element) {
            case F32 -> "float";
            case F64 -> "double";
            case BF16 -> "bf16";
            case F16 -> "f16";
            case I32 -> "i32";
            case I64 -> "i64";
            case I8 -> "i8";
            case U8, BOOL -> "u8";
        };
    }

    /** What running results of a reduction of such elements are held in: what a warp can exchange. */
    static String running(ElementType element) {
        return switch (element) {
            case I8, U8, BOOL -> "i32";
            case F32, BF16, F16, F64, I32, I64 -> register(element);
        };
    }

    static int runningBytes(ElementType element) {
        return element == ElementType.F64 || element == ElementType.I64 ? Double.BYTES : Float.BYTES;
    }

    static String literal(ElementType element, double value) {
        return switch (element) {
            case F32, BF16, F16 -> literal((float) value);
            case F64 -> literal(value);
            case I64 -> (long) value == Long.MIN_VALUE ? "(-9223372036854775807LL - 1)" : (long) value + "LL";
            case I32 ->
                (int) (long) value == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Integer.toString((int) (long) value);
            case I8 -> "i8(" + (byte) (long) value + ")";
            case U8 -> "u8(" + ((long) value & 0xff) + ")";
            case BOOL -> Boolean.toString(value != 0);
        };
    }

    private static String literal(float value) {
        if (Float.isNaN(value)) {
            return "not_a_number()";
        }
        if (Float.isInfinite(value)) {
            return value > 0 ? "infinity()" : "(-infinity())";
        }
        return value < 0 || 1 / value < 0 ? "(" + Float.toHexString(value) + "f)" : Float.toHexString(value) + "f";
    }

    private static String literal(double value) {
        if (Double.isNaN(value)) {
            return "((double) not_a_number())";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "((double) infinity())" : "((double) -infinity())";
        }
        return "(" + Double.toHexString(value) + ")";
    }

    static String load(ElementType element, String address, String index) {
        String raw = address + "[" + index + "]";
        return switch (element) {
            case F32, F64, I32, I64, I8, U8 -> raw;
            case BOOL -> raw + " != 0";
            case BF16, F16 -> "to_float(" + raw + ")";
        };
    }

    /** A register as it is stored. */
    static String stored(ElementType element, String x) {
        return switch (element) {
            case F32, F64, I32, I64, I8, U8, BOOL -> x;
            case BF16 -> "to_bf16(" + x + ")";
            case F16 -> "to_f16(" + x + ")";
        };
    }

    /** An expression rounded to what memory can hold. */
    static String rounded(ElementType element, String x) {
        return switch (element) {
            case BF16 -> "round_bf16(" + x + ")";
            case F16 -> "round_f16(" + x + ")";
            case I8, U8 -> register(element) + "(" + x + ")";
            case F32, F64, I32, I64, BOOL -> x;
        };
    }

    static String cast(ElementType from, ElementType to, String x) {
        if (from == to) {
            return x;
        }
        if (to == ElementType.BOOL) {
            return x + " != 0";
        }
        if (from.isFloat() && to.isInteger()) {
            return "to_" + register(to) + "(" + x + ")";
        }
        return rounded(to, "(" + register(to) + ") " + x);
    }
}
