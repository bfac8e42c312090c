package dev.weft.graph.rewrite;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Evaluates two graphs on the same inputs, special values among them, and holds the results to a promise. */
public final class RuleChecks {

    private static final int ROUNDS = 60;
    private static final double[] SPECIAL = {
        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1, -1, 0.5, 2
    };
    /** Where rounding is allowed, no number is so large that another order of terms overflows. */
    private static final double[] EXTREME = {1e38, -1e38, 1e-40, -1e-40, 1e300, -1e-310};

    private RuleChecks() {}

    /** Fails with an {@link AssertionError} that names the inputs on which the graphs differ by more than the promise. */
    public static void assertSame(Graph before, Graph after, Promise promise) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<Tensor> inputs = inputs(before, new SplittableRandom(seed), promise != Promise.ROUNDING);
            for (Interpreter.Mode mode : Interpreter.Mode.values()) {
                List<Tensor> wanted = Interpreter.evaluate(before, inputs, mode);
                List<Tensor> got = Interpreter.evaluate(after, inputs, mode);
                for (int i = 0; i < wanted.size(); i++) {
                    String where = "%s result %d, seed %d, inputs %s: "
                            .formatted(
                                    mode,
                                    i,
                                    seed,
                                    inputs.stream().map(RuleChecks::text).toList());
                    compare(where, wanted.get(i), got.get(i), mode, promise);
                }
            }
        }
    }

    private static void compare(String where, Tensor wanted, Tensor got, Interpreter.Mode mode, Promise promise) {
        double scale = rms(wanted);
        for (int i = 0; i < wanted.size(); i++) {
            double a = wanted.get(i);
            double b = got.get(i);
            boolean bits = Double.compare(a, b) == 0;
            boolean values = bits || a == b;
            boolean near = values || Math.abs(a - b) <= tolerance(wanted.type(), mode) * Math.max(Math.abs(a), scale);
            boolean kept =
                    switch (promise) {
                        case BITS -> bits;
                        case TYPED_BITS -> mode == Interpreter.Mode.TYPED ? bits : near;
                        case VALUES -> values;
                        case ROUNDING -> near;
                    };
            if (!kept) {
                throw new AssertionError(where + "element " + i + " must be " + a + " (" + promise + "), got " + b);
            }
        }
    }

    private static double tolerance(TensorType type, Interpreter.Mode mode) {
        boolean exact = mode == Interpreter.Mode.EXACT || type.element() == ElementType.F64;
        return exact ? 1e-6 : type.element() == ElementType.F32 ? 1e-5 : 0.05;
    }

    private static double rms(Tensor x) {
        double sum = 0;
        int count = 0;
        for (double value : x.toArray()) {
            if (Double.isFinite(value)) {
                sum += value * value;
                count++;
            }
        }
        return count == 0 ? 0 : Math.sqrt(sum / count);
    }

    private static List<Tensor> inputs(Graph graph, SplittableRandom random, boolean extreme) {
        List<Tensor> inputs = new ArrayList<>();
        for (Value parameter : graph.parameters()) {
            Tensor x = Tensor.zeros(parameter.type());
            boolean isIndex = Graph.parameterName(parameter).equals("index");
            for (int i = 0; i < x.size(); i++) {
                x.set(i, isIndex ? random.nextInt(2) : number(parameter.type().element(), random, extreme));
            }
            inputs.add(x.rounded());
        }
        return inputs;
    }

    private static double number(ElementType element, SplittableRandom random, boolean extreme) {
        if (element == ElementType.BOOL) {
            return random.nextInt(2);
        }
        if (element.isInteger()) {
            return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(5) - 2;
        }
        return switch (random.nextInt(4)) {
            case 0 -> SPECIAL[random.nextInt(SPECIAL.length)];
            case 1 -> extreme ? EXTREME[random.nextInt(EXTREME.length)] : random.nextGaussian();
            default -> random.nextGaussian();
        };
    }

    private static String text(Tensor x) {
        return Arrays.toString(x.toArray());
    }
}
