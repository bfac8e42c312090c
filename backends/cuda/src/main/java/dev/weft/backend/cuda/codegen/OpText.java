package dev.weft.backend.cuda.codegen;

import dev.weft.graph.DefectException;
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
import java.util.List;

/** The C++ expression of each elementwise op on variables. */
final class OpText {
    private OpText() {}

    static String of(Elementwise op, List<String> x) {
        ElementType from = op.operands().getFirst().type().element();
        ElementType element = op.type().element();
        return switch (op) {
            case Unary unary -> Elements.rounded(element, unary(unary, element, x.getFirst()));
            case Arithmetic arithmetic ->
                Elements.rounded(element, arithmetic(arithmetic, element, x.get(0), x.get(1)));
            case Pow _ -> Elements.rounded(element, call("pow", element) + "(" + x.get(0) + ", " + x.get(1) + ")");
            case Comparison comparison -> x.get(0) + comparison(comparison) + x.get(1);
            case Logic logic -> x.get(0) + logic(logic) + x.get(1);
            case Select _ -> x.get(0) + " ? " + x.get(1) + " : " + x.get(2);
            case Cast _ -> Elements.cast(from, element, x.getFirst());
        };
    }

    private static String call(String name, ElementType element) {
        return element == ElementType.F64 ? name : name + "f";
    }

    private static String unary(Unary op, ElementType element, String x) {
        String type = Elements.register(element);
        boolean floating = element.isFloat();
        return switch (op) {
            case Neg _ -> floating ? "-" + x : "(" + type + ") (0 - (u64) " + x + ")";
            case Not _ -> "!" + x;
            case Abs _ -> floating ? call("fabs", element) + "(" + x + ")" : "magnitude<" + type + ">(" + x + ")";
            case Sign _ -> "sign<" + type + ">(" + x + ")";
            case Sqrt _ -> call("sqrt", element) + "(" + x + ")";
            case Floor _ -> call("floor", element) + "(" + x + ")";
            case Round _ -> call("rint", element) + "(" + x + ")";
            case Exp _ -> call("exp", element) + "(" + x + ")";
            case Log _ -> call("log", element) + "(" + x + ")";
            case Tanh _ -> call("tanh", element) + "(" + x + ")";
            case Erf _ -> call("erf", element) + "(" + x + ")";
            case Sin _ -> call("sin", element) + "(" + x + ")";
            case Cos _ -> call("cos", element) + "(" + x + ")";
            case FloatUnary other -> throw unknown(other);
            case NumberUnary other -> throw unknown(other);
        };
    }

    private static String arithmetic(Arithmetic op, ElementType element, String x, String y) {
        return element.isFloat()
                ? switch (op) {
                    case Add _ -> x + " + " + y;
                    case Sub _ -> x + " - " + y;
                    case Mul _ -> x + " * " + y;
                    case Div _ -> x + " / " + y;
                    case Max _ -> "maximum(" + x + ", " + y + ")";
                    case Min _ -> "minimum(" + x + ", " + y + ")";
                    // In f64: the quotient of two f32 may be too large for f32 or not exact in it.
                    case Mod _ ->
                        "(" + Elements.register(element) + ") floor_mod((double) " + x + ", (double) " + y + ")";
                    case Arithmetic other -> throw unknown(other);
                }
                : integer(op, Elements.register(element), x, y);
    }

    /** Sums and products wrap, which C++ promises of unsigned numbers alone. */
    private static String integer(Arithmetic op, String type, String x, String y) {
        return switch (op) {
            case Add _ -> "(" + type + ") ((u64) " + x + " + (u64) " + y + ")";
            case Sub _ -> "(" + type + ") ((u64) " + x + " - (u64) " + y + ")";
            case Mul _ -> "(" + type + ") ((u64) " + x + " * (u64) " + y + ")";
            case Max _ -> "larger<" + type + ">(" + x + ", " + y + ")";
            case Min _ -> "smaller<" + type + ">(" + x + ", " + y + ")";
            case Div _ -> "(" + type + ") floor_div((i64) " + x + ", (i64) " + y + ")";
            case Mod _ -> "(" + type + ") floor_mod((i64) " + x + ", (i64) " + y + ")";
            case Arithmetic other -> throw unknown(other);
        };
    }

    private static String comparison(Comparison op) {
        return switch (op) {
            case Eq _ -> " == ";
            case Ne _ -> " != ";
            case Lt _ -> " < ";
            case Le _ -> " <= ";
            case Gt _ -> " > ";
            case Ge _ -> " >= ";
        };
    }

    private static String logic(Logic op) {
        return switch (op) {
            case And _ -> " & ";
            case Or _ -> " | ";
            case Xor _ -> " ^ ";
        };
    }

    private static DefectException unknown(Elementwise op) {
        return new DefectException("kernel: no text for " + op.mnemonic());
    }
}
