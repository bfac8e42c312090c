package dev.weft.graph.type;

import dev.weft.graph.UserException;
import java.util.Locale;

/** The type of one element. The first three are native everywhere; the others may be decomposed by casts. */
public enum ElementType {
    F32(4, Kind.FLOAT),
    I32(4, Kind.INTEGER),
    BOOL(1, Kind.BOOL),
    BF16(2, Kind.FLOAT),
    F16(2, Kind.FLOAT),
    F64(8, Kind.FLOAT),
    I64(8, Kind.INTEGER),
    I8(1, Kind.INTEGER),
    U8(1, Kind.INTEGER);

    private enum Kind {
        FLOAT,
        INTEGER,
        BOOL
    }

    private final int bytes;
    private final Kind kind;

    ElementType(int bytes, Kind kind) {
        this.bytes = bytes;
        this.kind = kind;
    }

    /** Bytes of one element in row-major storage; a bool takes a whole byte, 0 or 1. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /** Float or integer: what arithmetic accepts. */
    public boolean isNumber() {
        return kind != Kind.BOOL;
    }

    /** {@code value} rounded (floats) or wrapped (integers) to this type, as storing it and loading it again would. */
    public double round(double value) {
        return switch (this) {
            case F64 -> value;
            case F32 -> (float) value;
            case BF16 -> bfloat16(value);
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case I64 -> (double) (long) value;
            case I32 -> (double) (int) (long) value;
            case I8 -> (double) (byte) (long) value;
            case U8 -> (double) ((long) value & 0xff);
            case BOOL -> value != 0 ? 1 : 0;
        };
    }

    /** Round to nearest even on the upper sixteen bits of an f32. */
    private static double bfloat16(double value) {
        float single = (float) value;
        if (Float.isNaN(single) || Float.isInfinite(single)) {
            return single;
        }
        int bits = Float.floatToRawIntBits(single);
        int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
        return Float.intBitsToFloat(rounded & 0xffff0000);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this name in the text form. */
    public static ElementType parse(String name) {
        for (ElementType type : values()) {
            if (type.toString().equals(name)) {
                return type;
            }
        }
        throw new UserException("element type: must be one of f32 i32 bool bf16 f16 f64 i64 i8 u8, got " + name);
    }
}
