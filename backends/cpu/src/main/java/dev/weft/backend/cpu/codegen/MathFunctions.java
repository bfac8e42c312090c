package dev.weft.backend.cpu.codegen;

/**
 * Transcendental functions on f32 as branch-free code, so that loops over them are widened: LLVM's own intrinsics are calls of scalar
 * functions. Errors stay below two units in the last place; NaN, infinities, −0 and denormal numbers are handled. Polynomials of exp,
 * log and erf are Norbert Juffa's, that of tanh is Cephes'.
 */
final class MathFunctions {
    /** Added to a number, leaves its nearest integer in the lowest bits. */
    private static final float MAGIC = 0x1.8p23f;

    private final IrBuilder ir;

    MathFunctions(IrBuilder ir) {
        this.ir = ir;
    }

    private static String literal(double value) {
        return ElementCode.f64(value);
    }

    private static String single(float value) {
        return ElementCode.f32(value);
    }

    private String fma(String a, String b, String c) {
        return ir.call("float", "llvm.fma.f32", "float", a, b, c);
    }

    private String fmaDouble(String a, String b, String c) {
        return ir.call("double", "llvm.fma.f64", "double", a, b, c);
    }

    private String select(String condition, String type, String yes, String no) {
        return ir.emit("select i1 " + condition + ", " + type + " " + yes + ", " + type + " " + no);
    }

    private String compare(String predicate, String type, String a, String b) {
        return ir.emit("fcmp " + predicate + " " + type + " " + a + ", " + b);
    }

    /** Horner's rule, highest coefficient first. */
    private String polynomial(String x, float... coefficients) {
        String sum = single(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = fma(sum, x, single(coefficients[i]));
        }
        return sum;
    }

    private String polynomialDouble(String x, double... coefficients) {
        String sum = literal(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = fmaDouble(sum, x, literal(coefficients[i]));
        }
        return sum;
    }

    private String abs(String x) {
        return ir.call("float", "llvm.fabs.f32", "float", x);
    }

    private String copySign(String magnitude, String sign) {
        return ir.call("float", "llvm.copysign.f32", "float", magnitude, sign);
    }

    /** {@code x}, but not outside {@code low … high}; NaN stays NaN. */
    private String clamp(String type, String x, double low, double high) {
        String above = select(compare("olt", type, x, literal(low)), type, literal(low), x);
        return select(compare("ogt", type, above, literal(high)), type, literal(high), above);
    }

    /** 2ⁿ eʳ with n the nearest integer to x / ln 2; the scaling goes in two steps so that denormal results round once. */
    String exp(String x) {
        Reduced reduced = reduced(clamp("float", x, -104, 89));
        String n = ir.emit("sub i32 " + reduced.shifted() + ", " + Float.floatToIntBits(MAGIC));
        String half = ir.emit("ashr i32 " + n + ", 1");
        String rest = ir.emit("sub i32 " + n + ", " + half);
        return ir.emit(
                "fmul float " + ir.emit("fmul float " + reduced.power() + ", " + power(half)) + ", " + power(rest));
    }

    /** eˣ for an x of 0 … 80: one step of scaling is enough. */
    private String expOfModerate(String x) {
        Reduced reduced = reduced(x);
        // The bits of MAGIC leave on the left.
        String exponent = ir.emit("shl i32 " + reduced.shifted() + ", 23");
        String scale = ir.emit("add i32 " + exponent + ", " + Float.floatToIntBits(1));
        return ir.emit("fmul float " + reduced.power() + ", " + ir.emit("bitcast i32 " + scale + " to float"));
    }

    /**
     * x = n ln 2 + r.
     *
     * @param power eʳ
     * @param shifted the bits of n + MAGIC, an i32
     */
    private record Reduced(String power, String shifted) {}

    private Reduced reduced(String x) {
        String shifted = fma(x, single(1.442695041f), single(MAGIC));
        String whole = ir.emit("fsub float " + shifted + ", " + single(MAGIC));
        String r = fma(whole, single(-0x1.62e400p-1f), x);
        r = fma(whole, single(-0x1.7f7d1cp-20f), r);
        String p =
                polynomial(r, 1.37805939e-3f, 8.37312452e-3f, 4.16695364e-2f, 1.66664720e-1f, 4.99999851e-1f, 1f, 1f);
        return new Reduced(p, ir.emit("bitcast float " + shifted + " to i32"));
    }

    /** 2ⁿ for an n in the range of exponents. */
    private String power(String n) {
        String biased = ir.emit("add i32 " + n + ", 127");
        return ir.emit("bitcast i32 " + ir.emit("shl i32 " + biased + ", 23") + " to float");
    }

    String log(String x) {
        String denormal = compare("olt", "float", x, single(Float.MIN_NORMAL));
        String scaled = select(denormal, "float", ir.emit("fmul float " + x + ", " + single(0x1p23f)), x);
        String offset = select(denormal, "float", single(-23), single(0));
        String bits = ir.emit("bitcast float " + scaled + " to i32");
        String exponent = ir.emit("and i32 " + ir.emit("sub i32 " + bits + ", 1059760811") + ", -8388608");
        String mantissa = ir.emit("bitcast i32 " + ir.emit("sub i32 " + bits + ", " + exponent) + " to float");
        String e = fma(ir.emit("sitofp i32 " + exponent + " to float"), single(0x1p-23f), offset);
        String m = ir.emit("fsub float " + mantissa + ", " + single(1));
        String s = ir.emit("fmul float " + m + ", " + m);
        String even = polynomial(s, -0x1.0ae000p-3f, -0x1.f19968p-4f, -0x1.55b362p-3f, -0x1.fffe02p-3f);
        String odd = polynomial(s, 0x1.208000p-3f, 0x1.1e5740p-3f, 0x1.99d8b2p-3f);
        String r = fma(odd, m, even);
        r = fma(r, m, single(0x1.5554fap-2f));
        r = fma(r, m, single(-0.5f));
        r = fma(r, s, m);
        r = fma(e, single(0x1.62e430p-1f), r);
        r = select(compare("oeq", "float", x, single(Float.POSITIVE_INFINITY)), "float", x, r);
        r = select(compare("oeq", "float", x, single(0)), "float", single(Float.NEGATIVE_INFINITY), r);
        return select(compare("ult", "float", x, single(0)), "float", single(Float.NaN), r);
    }

    String tanh(String x) {
        String a = abs(x);
        // Beyond, 1 − 2 / (e²ᵃ + 1) rounds to 1. NaN stays NaN.
        String held = select(compare("ogt", "float", a, single(10)), "float", single(10), a);
        String e = expOfModerate(ir.emit("fadd float " + held + ", " + held));
        String quotient = ir.emit("fdiv float " + single(2) + ", " + ir.emit("fadd float " + e + ", " + single(1)));
        String large = copySign(ir.emit("fsub float " + single(1) + ", " + quotient), x);
        String s = ir.emit("fmul float " + x + ", " + x);
        String p = polynomial(
                s, -5.70498872745E-3f, 2.06390887954E-2f, -5.37397155531E-2f, 1.33314422036E-1f, -3.33332819422E-1f);
        String small = fma(ir.emit("fmul float " + p + ", " + s), x, x);
        return select(compare("olt", "float", a, single(0.625f)), "float", small, large);
    }

    String erf(String x) {
        String a = clamp("float", abs(x), 0, 10);
        String s = ir.emit("fmul float " + a + ", " + a);
        String r = fma(single(-0x1.220000p-16f), a, single(0x1.91cfb2p-12f));
        String u = fma(single(-0x1.fd1438p-9f), a, single(0x1.8d6342p-6f));
        r = fma(r, s, u);
        r = fma(r, a, single(-0x1.b55cb8p-4f));
        r = fma(r, a, single(-0x1.450aa0p-1f));
        r = fma(r, a, single(-0x1.079d0cp-3f));
        r = fma(r, a, ir.emit("fneg float " + a));
        String large = copySign(ir.emit("fsub float " + single(1) + ", " + exp(r)), x);
        String p = polynomial(
                s, -0x1.38e000p-11f, 0x1.471a58p-8f, -0x1.b691b2p-6f, 0x1.ce1c44p-4f, -0x1.812700p-2f, 0x1.06eba8p-3f);
        String small = fma(p, x, x);
        return select(compare("ogt", "float", a, single(475f / 512)), "float", large, small);
    }

    String sin(String x) {
        return wave(x, 0);
    }

    String cos(String x) {
        return wave(x, 1);
    }

    /**
     * sin(x + quarters · π/2). The reduction multiplies the mantissa by {@code 2ᵉ · 2/π mod 4}, tabulated for each exponent to 106
     * bits (Payne and Hanek), so it is exact enough for every f32.
     */
    private String wave(String x, int quarters) {
        String bits = ir.emit("bitcast float " + x + " to i32");
        String exponent = ir.emit("and i32 " + ir.emit("lshr i32 " + bits + ", 23") + ", 255");
        String denormal = ir.emit("icmp eq i32 " + exponent + ", 0");
        String implicit = select(denormal, "i32", "0", "8388608");
        String mantissa = ir.emit("or i32 " + ir.emit("and i32 " + bits + ", 8388607") + ", " + implicit);
        String row = ir.emit("zext i32 " + select(denormal, "i32", "1", exponent) + " to i64");
        String m = ir.emit("uitofp i32 " + mantissa + " to double");
        String high = ir.emit("load double, ptr " + tableEntry("@quadrants.high", row));
        String low = ir.emit("load double, ptr " + tableEntry("@quadrants.low", row));
        String product = ir.emit("fmul double " + m + ", " + high);
        String error = fmaDouble(m, high, ir.emit("fneg double " + product));
        String shifted = ir.emit("fadd double " + product + ", " + literal(0x1.8p52));
        String whole = ir.emit("fsub double " + shifted + ", " + literal(0x1.8p52));
        String fraction = ir.emit("fsub double " + product + ", " + whole);
        fraction = ir.emit("fadd double " + fraction + ", " + fmaDouble(m, low, error));
        String angle = ir.emit("fmul double " + fraction + ", " + literal(Math.PI / 2));
        String n = ir.emit("trunc i64 " + ir.emit("bitcast double " + shifted + " to i64") + " to i32");
        return quadrant(x, bits, exponent, angle, n, quarters);
    }

    private String quadrant(String x, String bits, String exponent, String angle, String n, int quarters) {
        String s = ir.emit("fmul double " + angle + ", " + angle);
        String sineTail = polynomialDouble(s, -1 / 39916800.0, 1 / 362880.0, -1 / 5040.0, 1 / 120.0, -1 / 6.0);
        String sine = fmaDouble(ir.emit("fmul double " + sineTail + ", " + s), angle, angle);
        String cosine =
                polynomialDouble(s, 1 / 479001600.0, -1 / 3628800.0, 1 / 40320.0, -1 / 720.0, 1 / 24.0, -0.5, 1);
        String quadrant = ir.emit("add i32 " + n + ", " + quarters);
        String odd = ir.emit("icmp ne i32 " + ir.emit("and i32 " + quadrant + ", 1") + ", 0");
        String value = ir.emit("fptrunc double " + select(odd, "double", cosine, sine) + " to float");
        String flip = ir.emit("shl i32 " + ir.emit("and i32 " + quadrant + ", 2") + ", 30");
        if (quarters == 0) {
            flip = ir.emit("xor i32 " + flip + ", " + ir.emit("and i32 " + bits + ", -2147483648"));
        }
        String flipped = ir.emit("xor i32 " + ir.emit("bitcast float " + value + " to i32") + ", " + flip);
        String result = ir.emit("bitcast i32 " + flipped + " to float");
        String special = ir.emit("icmp eq i32 " + exponent + ", 255");
        return select(special, "float", ir.emit("fsub float " + x + ", " + x), result);
    }

    private String tableEntry(String table, String row) {
        if (ir.known(table) == null) {
            ir.global("@quadrants.high", QuadrantTable.HIGH);
            ir.global("@quadrants.low", QuadrantTable.LOW);
            ir.remember(table, table);
        }
        return ir.emit(
                "getelementptr inbounds [" + QuadrantTable.ROWS + " x double], ptr " + table + ", i64 0, i64 " + row);
    }

    /** xʸ as {@code 2^(y · log₂ |x|)} in f64, with the special cases of IEEE 754. */
    String pow(String x, String y) {
        String base = ir.emit("fpext float " + abs(x) + " to double");
        String exponent = ir.emit("fpext float " + y + " to double");
        String power = clamp("double", ir.emit("fmul double " + exponent + ", " + log2(base)), -400, 400);
        String result = ir.emit("fptrunc double " + exp2(power) + " to float");

        String negativeExponent = compare("olt", "float", y, single(0));
        String infinity = single(Float.POSITIVE_INFINITY);
        String atZero = select(negativeExponent, "float", infinity, single(0));
        String atInfinity = select(negativeExponent, "float", single(0), infinity);
        result = select(compare("oeq", "float", x, single(0)), "float", atZero, result);
        result = select(compare("oeq", "float", abs(x), infinity), "float", atInfinity, result);

        String whole = compare("oeq", "float", ir.call("float", "llvm.floor.f32", "float", y), y);
        String half = ir.emit("fmul float " + y + ", " + single(0.5f));
        String odd = ir.emit("and i1 " + whole + ", "
                + compare("one", "float", ir.call("float", "llvm.floor.f32", "float", half), half));
        String negative = ir.emit("icmp slt i32 " + ir.emit("bitcast float " + x + " to i32") + ", 0");
        String flip = ir.emit("and i1 " + negative + ", " + odd);
        result = select(flip, "float", ir.emit("fneg float " + result), result);
        String finiteNegative = ir.emit("and i1 " + compare("olt", "float", x, single(0)) + ", "
                + compare("ogt", "float", x, single(Float.NEGATIVE_INFINITY)));
        String undefined = ir.emit("and i1 " + finiteNegative + ", " + ir.emit("xor i1 " + whole + ", true"));
        result = select(undefined, "float", single(Float.NaN), result);
        result = select(compare("uno", "float", x, y), "float", single(Float.NaN), result);
        String unitBase = compare("oeq", "float", abs(x), single(1));
        String endless = compare("oeq", "float", abs(y), infinity);
        String one = ir.emit("or i1 " + compare("oeq", "float", x, single(1)) + ", "
                + ir.emit("and i1 " + unitBase + ", " + endless));
        one = ir.emit("or i1 " + one + ", " + compare("oeq", "float", y, single(0)));
        return select(one, "float", single(1), result);
    }

    /** log₂ of a positive f64 to about 1e-12: 2/ln 2 · artanh((m − 1) / (m + 1)) with m in √½ … √2. */
    private String log2(String x) {
        String bits = ir.emit("bitcast double " + x + " to i64");
        String e = ir.emit(
                "ashr i64 " + ir.emit("sub i64 " + bits + ", " + Double.doubleToLongBits(Math.sqrt(0.5))) + ", 52");
        String m = ir.emit(
                "bitcast i64 " + ir.emit("sub i64 " + bits + ", " + ir.emit("shl i64 " + e + ", 52")) + " to double");
        String s = ir.emit("fdiv double " + ir.emit("fsub double " + m + ", " + literal(1)) + ", "
                + ir.emit("fadd double " + m + ", " + literal(1)));
        String q = ir.emit("fmul double " + s + ", " + s);
        String series =
                polynomialDouble(q, 1 / 17.0, 1 / 15.0, 1 / 13.0, 1 / 11.0, 1 / 9.0, 1 / 7.0, 1 / 5.0, 1 / 3.0, 1);
        String scaled = ir.emit("fmul double " + s + ", " + literal(2 / Math.log(2)));
        return fmaDouble(scaled, series, ir.emit("sitofp i64 " + e + " to double"));
    }

    private String exp2(String x) {
        String shifted = ir.emit("fadd double " + x + ", " + literal(0x1.8p52));
        String whole = ir.emit("fsub double " + shifted + ", " + literal(0x1.8p52));
        String fraction = ir.emit("fsub double " + x + ", " + whole);
        String r = ir.emit("fmul double " + fraction + ", " + literal(Math.log(2)));
        String p = polynomialDouble(
                r,
                1 / 3628800.0,
                1 / 362880.0,
                1 / 40320.0,
                1 / 5040.0,
                1 / 720.0,
                1 / 120.0,
                1 / 24.0,
                1 / 6.0,
                0.5,
                1,
                1);
        String n = ir.emit("sub i64 " + ir.emit("bitcast double " + shifted + " to i64") + ", "
                + Double.doubleToLongBits(0x1.8p52));
        String scale = ir.emit("shl i64 " + ir.emit("add i64 " + n + ", 1023") + ", 52");
        return ir.emit("fmul double " + p + ", " + ir.emit("bitcast i64 " + scale + " to double"));
    }
}
