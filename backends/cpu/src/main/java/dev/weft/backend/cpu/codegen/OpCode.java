package dev.weft.backend.cpu.codegen;

import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Arithmetic;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Comparison;
import dev.weft.graph.op.Cos;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.FloatUnary;
import dev.weft.graph.op.Floor;
import dev.weft.graph.op.Ge;
import dev.weft.graph.op.Gt;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Log;
import dev.weft.graph.op.Logic;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Max;
import dev.weft.graph.op.Min;
import dev.weft.graph.op.Mod;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Not;
import dev.weft.graph.op.NumberUnary;
import dev.weft.graph.op.Or;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Round;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sign;
import dev.weft.graph.op.Sin;
import dev.weft.graph.op.Sqrt;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.op.Unary;
import dev.weft.graph.op.Xor;
import dev.weft.graph.type.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The scalar code of each elementwise op. */
final class OpCode {
    private final IrBuilder ir;
    private final ElementCode elements;
    private final MathFunctions math;
    private final Arguments arguments;

    OpCode(IrBuilder ir, Arguments arguments) {
        this.ir = ir;
        this.arguments = arguments;
        this.elements = new ElementCode(ir);
        this.math = new MathFunctions(ir);
    }

    /** The result register of {@code op} on operand registers. */
    String emit(Elementwise op, List<String> x) {
        ElementType from = op.operands().getFirst().type().element();
        ElementType element = op.type().element();
        return switch (op) {
            case Unary unary -> elements.round(element, unary(unary, element, x.getFirst()));
            case Arithmetic arithmetic -> elements.round(element, arithmetic(arithmetic, element, x.get(0), x.get(1)));
            case Pow _ -> elements.round(element, pow(element, x.get(0), x.get(1)));
            case Comparison comparison -> comparison(comparison, from, x.get(0), x.get(1));
            case Logic logic -> logic(logic, x.get(0), x.get(1));
            case Select _ -> {
                String type = ElementCode.register(element);
                yield ir.emit("select i1 " + x.get(0) + ", " + type + " " + x.get(1) + ", " + type + " " + x.get(2));
            }
            case Cast _ -> elements.cast(from, element, x.getFirst());
        };
    }

    private String unary(Unary op, ElementType element, String x) {
        String type = ElementCode.register(element);
        boolean floating = element.isFloat();
        return switch (op) {
            case Neg _ -> floating ? ir.emit("fneg " + type + " " + x) : ir.emit("sub " + type + " 0, " + x);
            case Not _ -> ir.emit("xor i1 " + x + ", true");
            case Abs _ -> floating ? intrinsic("fabs", element, x) : integerAbs(element, type, x);
            case Sign _ -> sign(element, type, x);
            case Sqrt _ -> intrinsic("sqrt", element, x);
            case Floor _ -> intrinsic("floor", element, x);
            case Round _ -> intrinsic("rint", element, x);
            case Exp _ -> element == ElementType.F64 ? library("exp", x) : math.exp(x);
            case Log _ -> element == ElementType.F64 ? library("log", x) : math.log(x);
            case Tanh _ -> element == ElementType.F64 ? library("tanh", x) : math.tanh(x);
            case Erf _ -> element == ElementType.F64 ? library("erf", x) : math.erf(x);
            case Sin _ -> element == ElementType.F64 ? library("sin", x) : math.sin(x);
            case Cos _ -> element == ElementType.F64 ? library("cos", x) : math.cos(x);
            case FloatUnary other -> byMeaning(other, element, x);
            case NumberUnary other -> byMeaning(other, element, x);
        };
    }

    /** An op without code of its own here: a call of its reference meaning, in Java. Right on every type, and slow. */
    private String byMeaning(Elementwise op, ElementType element, String... x) {
        ElementType wide = element.isFloat() ? ElementType.F64 : ElementType.I64;
        String type = ElementCode.register(wide);
        String function = ir.emit("inttoptr i64 " + arguments.meaning(op) + " to ptr");
        String operands = Arrays.stream(x)
                .map(operand -> type + " " + elements.cast(element, wide, operand))
                .collect(Collectors.joining(", "));
        String result = ir.emit("call " + type + " " + function + "(" + operands + ") nounwind memory(none)");
        return elements.cast(wide, element, result);
    }

    private String intrinsic(String name, ElementType element, String... x) {
        String type = ElementCode.register(element);
        return ir.call(type, "llvm." + name + (element == ElementType.F64 ? ".f64" : ".f32"), type, x);
    }

    private String library(String name, String... x) {
        return ir.call("double", name, "double", x);
    }

    private String integerAbs(ElementType element, String type, String x) {
        if (ElementCode.isUnsigned(element)) {
            return x;
        }
        ir.declare("declare " + type + " @llvm.abs." + type + "(" + type + ", i1)");
        return ir.emit("call " + type + " @llvm.abs." + type + "(" + type + " " + x + ", i1 false)");
    }

    private String sign(ElementType element, String type, String x) {
        if (element.isFloat()) {
            String zero = ElementCode.literal(element, 0);
            String one = intrinsic("copysign", element, ElementCode.literal(element, 1), x);
            return ir.emit("select i1 " + ir.emit("fcmp one " + type + " " + x + ", " + zero) + ", " + type + " " + one
                    + ", " + type + " " + x);
        }
        String positive = ir.emit("icmp ne " + type + " " + x + ", 0");
        String sign = ir.emit("zext i1 " + positive + " to " + type);
        if (ElementCode.isUnsigned(element)) {
            return sign;
        }
        String negative = ir.emit("icmp slt " + type + " " + x + ", 0");
        return ir.emit("select i1 " + negative + ", " + type + " -1, " + type + " " + sign);
    }

    private String arithmetic(Arithmetic op, ElementType element, String x, String y) {
        if (!element.isFloat()) {
            return integer(op, element, x, y);
        }
        String type = ElementCode.register(element);
        return switch (op) {
            case Add _ -> ir.emit("fadd contract " + type + " " + x + ", " + y);
            case Sub _ -> ir.emit("fsub contract " + type + " " + x + ", " + y);
            case Mul _ -> ir.emit("fmul contract " + type + " " + x + ", " + y);
            case Div _ -> ir.emit("fdiv " + type + " " + x + ", " + y);
            case Max _ -> intrinsic("maximum", element, x, y);
            case Min _ -> intrinsic("minimum", element, x, y);
            case Mod _ -> mod(element, x, y);
            case Arithmetic other -> byMeaning(other, element, x, y);
        };
    }

    /** In f64: the quotient of two f32 may be too large for f32 or not exact in it. */
    private String mod(ElementType element, String x, String y) {
        String a = elements.cast(element, ElementType.F64, x);
        String b = elements.cast(element, ElementType.F64, y);
        String whole = intrinsic("floor", ElementType.F64, ir.emit("fdiv double " + a + ", " + b));
        String rest = ir.emit("fsub double " + a + ", " + ir.emit("fmul double " + b + ", " + whole));
        return elements.cast(ElementType.F64, element, rest);
    }

    private String integer(Arithmetic op, ElementType element, String x, String y) {
        String type = ElementCode.register(element);
        boolean unsigned = ElementCode.isUnsigned(element);
        return switch (op) {
            case Add _ -> ir.emit("add " + type + " " + x + ", " + y);
            case Sub _ -> ir.emit("sub " + type + " " + x + ", " + y);
            case Mul _ -> ir.emit("mul " + type + " " + x + ", " + y);
            case Max _ -> ir.call(type, (unsigned ? "llvm.umax." : "llvm.smax.") + type, type, x, y);
            case Min _ -> ir.call(type, (unsigned ? "llvm.umin." : "llvm.smin.") + type, type, x, y);
            case Div _ -> division(unsigned, type, x, y, true);
            case Mod _ -> division(unsigned, type, x, y, false);
            case Arithmetic other -> byMeaning(other, element, x, y);
        };
    }

    /** Rounds toward −∞; x / 0 = 0 and x mod 0 = x; the divisors that trap are replaced before dividing. */
    private String division(boolean unsigned, String type, String x, String y, boolean quotient) {
        String zero = ir.emit("icmp eq " + type + " " + y + ", 0");
        String isMinusOne = unsigned ? "false" : ir.emit("icmp eq " + type + " " + y + ", -1");
        String special = ir.emit("or i1 " + zero + ", " + isMinusOne);
        String divisor = ir.emit("select i1 " + special + ", " + type + " 1, " + type + " " + y);
        String whole = ir.emit((unsigned ? "udiv " : "sdiv ") + type + " " + x + ", " + divisor);
        String rest = ir.emit("sub " + type + " " + x + ", " + ir.emit("mul " + type + " " + whole + ", " + divisor));
        if (!unsigned) {
            String inexact = ir.emit("icmp ne " + type + " " + rest + ", 0");
            String opposite =
                    ir.emit("icmp slt " + type + " " + ir.emit("xor " + type + " " + x + ", " + divisor) + ", 0");
            String down = ir.emit("and i1 " + inexact + ", " + opposite);
            String less = ir.emit("sub " + type + " " + whole + ", 1");
            whole = ir.emit("select i1 " + down + ", " + type + " " + less + ", " + type + " " + whole);
            String more = ir.emit("add " + type + " " + rest + ", " + divisor);
            rest = ir.emit("select i1 " + down + ", " + type + " " + more + ", " + type + " " + rest);
            String negated = ir.emit("sub " + type + " 0, " + x);
            whole = ir.emit("select i1 " + isMinusOne + ", " + type + " " + negated + ", " + type + " " + whole);
        }
        return quotient
                ? ir.emit("select i1 " + zero + ", " + type + " 0, " + type + " " + whole)
                : ir.emit("select i1 " + zero + ", " + type + " " + x + ", " + type + " " + rest);
    }

    private String pow(ElementType element, String x, String y) {
        if (element == ElementType.F64) {
            return library("pow", x, y);
        }
        if (y.equals(ElementCode.f32(2))) {
            return ir.emit("fmul float " + x + ", " + x);
        }
        if (y.equals(ElementCode.f32(3))) {
            return ir.emit("fmul float " + ir.emit("fmul float " + x + ", " + x) + ", " + x);
        }
        if (y.equals(ElementCode.f32(-1))) {
            return ir.emit("fdiv float " + ElementCode.f32(1) + ", " + x);
        }
        return math.pow(x, y);
    }

    private String comparison(Comparison op, ElementType element, String x, String y) {
        String type = ElementCode.register(element);
        if (element.isFloat()) {
            String predicate =
                    switch (op) {
                        case Eq _ -> "oeq";
                        case Ne _ -> "une";
                        case Lt _ -> "olt";
                        case Le _ -> "ole";
                        case Gt _ -> "ogt";
                        case Ge _ -> "oge";
                    };
            return ir.emit("fcmp " + predicate + " " + type + " " + x + ", " + y);
        }
        String sign = ElementCode.isUnsigned(element) ? "u" : "s";
        String predicate =
                switch (op) {
                    case Eq _ -> "eq";
                    case Ne _ -> "ne";
                    case Lt _ -> sign + "lt";
                    case Le _ -> sign + "le";
                    case Gt _ -> sign + "gt";
                    case Ge _ -> sign + "ge";
                };
        return ir.emit("icmp " + predicate + " " + type + " " + x + ", " + y);
    }

    private String logic(Logic op, String x, String y) {
        String name =
                switch (op) {
                    case And _ -> "and";
                    case Or _ -> "or";
                    case Xor _ -> "xor";
                };
        return ir.emit(name + " i1 " + x + ", " + y);
    }

    /** The first word of Threefry-2x32-20 as a uniform f32 in [0, 1). */
    String uniform(String key0, String key1, String counter) {
        return new ThreefryCode(ir).uniform(key0, key1, counter);
    }
}
