package dev.weft.backend.cpu.codegen;

import dev.weft.graph.type.ElementType;
import java.util.HexFormat;

/**
 * How elements of each type are held: in memory as their own bytes, in registers as something LLVM computes with. bf16 and f16 are
 * f32 in registers, rounded after every op, so that fused and unfused results agree.
 */
final class ElementCode {
    /** Constants are written by the hundred, most in a JVM that just started: a format string would take longer than the kernel. */
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final IrBuilder ir;

    ElementCode(IrBuilder ir) {
        this.ir = ir;
    }

    /** The LLVM type in registers. */
    static String register(ElementType element) {
        return switch (element) {
            case F32, BF16, F16 -> "float";
            case F64 -> "double";
            case I32 -> "i32";
            case I64 -> "i64";
            case I8, U8 -> "i8";
            case BOOL -> "i1";
        };
    }

    private static String memory(ElementType element) {
        return switch (element) {
            case F32 -> "float";
            case F64 -> "double";
            case F16 -> "half";
            case BF16 -> "i16";
            case I32 -> "i32";
            case I64 -> "i64";
            case I8, U8, BOOL -> "i8";
        };
    }

    static boolean isUnsigned(ElementType element) {
        return element == ElementType.U8 || element == ElementType.BOOL;
    }

    /** A literal of the register type. */
    static String literal(ElementType element, double value) {
        return switch (element) {
            case F32, BF16, F16 -> f32((float) value);
            case F64 -> f64(value);
            case I64, I32, I8 -> Long.toString((long) value);
            case U8 -> Long.toString((byte) (long) value);
            case BOOL -> value != 0 ? "true" : "false";
        };
    }

    static String f32(float value) {
        return f64(value);
    }

    static String f64(double value) {
        return "0x" + HEX.toHexDigits(Double.doubleToLongBits(value));
    }

    String address(ElementType element, String base, String index) {
        return ir.emit("getelementptr inbounds " + memory(element) + ", ptr " + base + ", i64 " + index);
    }

    String load(ElementType element, String base, String index) {
        String raw = ir.emit(
                "load " + memory(element) + ", ptr " + address(element, base, index) + ", align " + element.bytes());
        return switch (element) {
            case F32, F64, I32, I64, I8, U8 -> raw;
            case BOOL -> ir.emit("icmp ne i8 " + raw + ", 0");
            case F16 -> ir.emit("fpext half " + raw + " to float");
            case BF16 -> {
                String wide = ir.emit("zext i16 " + raw + " to i32");
                yield rounded(ir.emit("bitcast i32 " + ir.emit("shl i32 " + wide + ", 16") + " to float"));
            }
        };
    }

    void store(ElementType element, String value, String base, String index) {
        String raw =
                switch (element) {
                    case F32, F64, I32, I64, I8, U8 -> value;
                    case BOOL -> ir.emit("zext i1 " + value + " to i8");
                    case F16 -> ir.emit("fptrunc float " + value + " to half");
                    case BF16 -> {
                        String bits = ir.emit("bitcast float " + round(element, value) + " to i32");
                        yield ir.emit("trunc i32 " + ir.emit("lshr i32 " + bits + ", 16") + " to i16");
                    }
                };
        ir.line("store " + memory(element) + " " + raw + ", ptr " + address(element, base, index) + ", align "
                + element.bytes());
    }

    /** A register value rounded to what memory can hold. */
    String round(ElementType element, String value) {
        return switch (element) {
            case F32, F64, I32, I64, I8, U8, BOOL -> value;
            case F16 -> ir.emit("fpext half " + ir.emit("fptrunc float " + value + " to half") + " to float");
            case BF16 -> {
                if (ir.known(new Rounded(value)) != null) {
                    yield value;
                }
                // To nearest even on the upper half; NaN, which rounding could turn into infinity, stays.
                String bits = ir.emit("bitcast float " + value + " to i32");
                String odd = ir.emit("and i32 " + ir.emit("lshr i32 " + bits + ", 16") + ", 1");
                String up = ir.emit("add i32 " + ir.emit("add i32 " + bits + ", 32767") + ", " + odd);
                String cut = ir.emit("and i32 " + up + ", -65536");
                String rounded = ir.emit("bitcast i32 " + cut + " to float");
                String nan = ir.emit("fcmp uno float " + value + ", " + value);
                yield rounded(ir.emit("select i1 " + nan + ", float " + f32(Float.NaN) + ", float " + rounded));
            }
        };
    }

    /** A vector of f32 as {@link #round} rounds one number to bf16: the bits, in {@code <lanes x i16>}. */
    String bf16Bits(String vector, long lanes) {
        String numbers = "<" + lanes + " x float>";
        String words = "<" + lanes + " x i32>";
        String bits = ir.emit("bitcast " + numbers + " " + vector + " to " + words);
        String high = ir.emit("lshr " + words + " " + bits + ", splat (i32 16)");
        String odd = ir.emit("and " + words + " " + high + ", splat (i32 1)");
        String half = ir.emit("add " + words + " " + bits + ", splat (i32 32767)");
        String sum = ir.emit("add " + words + " " + half + ", " + odd);
        String up = ir.emit("lshr " + words + " " + sum + ", splat (i32 16)");
        String isNan = ir.emit("fcmp uno " + numbers + " " + vector + ", " + vector);
        String all = ir.emit(
                "select <" + lanes + " x i1> " + isNan + ", " + words + " splat (i32 32704), " + words + " " + up);
        return ir.emit("trunc " + words + " " + all + " to <" + lanes + " x i16>");
    }

    /** Remembers that a register holds a number of bf16: what is stored, or read by the next op, was rounded by the one before. */
    private String rounded(String register) {
        ir.remember(new Rounded(register), register);
        return register;
    }

    private record Rounded(String register) {}

    String cast(ElementType from, ElementType to, String x) {
        if (from == to) {
            return x;
        }
        if (to == ElementType.BOOL) {
            return from.isFloat()
                    ? ir.emit("fcmp une " + register(from) + " " + x + ", " + f64(0))
                    : ir.emit("icmp ne " + register(from) + " " + x + ", 0");
        }
        if (from.isFloat()) {
            return to.isFloat() ? round(to, resize(from, to, x)) : saturate(from, to, x);
        }
        if (to.isFloat()) {
            String conversion = isUnsigned(from) ? "uitofp " : "sitofp ";
            return round(to, ir.emit(conversion + register(from) + " " + x + " to " + register(to)));
        }
        if (from == ElementType.BOOL || from.bytes() < to.bytes()) {
            String extension = isUnsigned(from) ? "zext " : "sext ";
            return ir.emit(extension + register(from) + " " + x + " to " + register(to));
        }
        return from.bytes() == to.bytes() ? x : ir.emit("trunc " + register(from) + " " + x + " to " + register(to));
    }

    private String resize(ElementType from, ElementType to, String x) {
        boolean wasWide = from == ElementType.F64;
        boolean isWide = to == ElementType.F64;
        if (wasWide == isWide) {
            return x;
        }
        return ir.emit((isWide ? "fpext " : "fptrunc ") + register(from) + " " + x + " to " + register(to));
    }

    private String saturate(ElementType from, ElementType to, String x) {
        String kind = to == ElementType.U8 ? "fptoui" : "fptosi";
        String suffix = from == ElementType.F64 ? "f64" : "f32";
        String result = register(to);
        return ir.call(result, "llvm." + kind + ".sat." + result + "." + suffix, register(from), x);
    }
}
