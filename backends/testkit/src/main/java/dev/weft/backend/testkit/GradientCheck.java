package dev.weft.backend.testkit;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Compares the gradients of a function with finite differences, in f64 whatever its types say. Central differences of two widths are
 * extrapolated (Richardson), so that a smooth function agrees to about 1e-9.
 *
 * @param f a function without calls whose first result is a scalar
 * @param gradient the function with f's parameters that gives f's results and then the gradients by {@code wrt}
 * @param wrt numbers of parameters
 */
public record GradientCheck(Graph f, Graph gradient, List<Integer> wrt) {

    /** Tried one after the other: a function that bends within the first is straight within the last, where rounding counts more. */
    private static final List<Double> STEPS = List.of(1e-3, 1e-3 / 8, 1e-3 / 64);

    /** So near that no smaller step is tried. */
    private static final double NEAR = 1e-7;

    /** Roundings of the function's value that a difference may carry. */
    private static final double ROUNDINGS = 16;

    /**
     * What a check found for one parameter.
     *
     * @param agreement of the gradient (got) with finite differences (wanted)
     */
    public record Finding(String parameter, Agreement agreement) {

        @Override
        public String toString() {
            return "gradient by " + parameter + ": " + agreement;
        }
    }

    public GradientCheck {
        wrt = List.copyOf(wrt);
    }

    /**
     * The derivative along one random direction of all parameters in {@code wrt} together: two evaluations twice, whatever the size.
     * The terms of the scalar product with the gradient are the tensor whose rms counts.
     */
    public Agreement alongDirection(List<Tensor> inputs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Tensor> direction = wrt.stream()
                .map(i -> Values.REAL.tensor(inputs.get(i).type(), random))
                .toList();
        List<Tensor> gradients = gradients(inputs);
        double slope = 0;
        double squares = 0;
        for (int k = 0; k < wrt.size(); k++) {
            for (int i = 0; i < direction.get(k).size(); i++) {
                double term = gradients.get(k).get(i) * direction.get(k).get(i);
                slope += term;
                squares += term * term;
            }
        }
        return nearest(slope, 0, Math.sqrt(squares), value(inputs), h -> value(moved(inputs, direction, h)));
    }

    /** Every element on its own, at most {@code most} of each parameter, evenly spread: tells which one is wrong. */
    public List<Finding> byElement(List<Tensor> inputs, int most) {
        List<Tensor> gradients = gradients(inputs);
        double value = value(inputs);
        List<Finding> findings = new ArrayList<>();
        for (int k = 0; k < wrt.size(); k++) {
            int parameter = wrt.get(k);
            Tensor gradient = gradients.get(k);
            double rms = Agreement.rms(gradient);
            int stride = Math.max(1, Math.ceilDiv(gradient.size(), most));
            Agreement worst = new Agreement(0, -1, Double.NaN, Double.NaN);
            for (int i = 0; i < gradient.size(); i += stride) {
                int position = i;
                Agreement element =
                        nearest(gradient.get(i), i, rms, value, h -> value(nudged(inputs, parameter, position, h)));
                if (worst.position() < 0 || element.deviation() > worst.deviation()) {
                    worst = element;
                }
            }
            findings.add(new Finding(Graph.parameterName(f.parameters().get(parameter)), worst));
        }
        return findings;
    }

    /** The gradients by {@link #wrt}. */
    public List<Tensor> gradients(List<Tensor> inputs) {
        List<Tensor> results = Interpreter.evaluate(gradient, inputs, Interpreter.Mode.EXACT);
        return results.subList(results.size() - wrt.size(), results.size());
    }

    private double value(List<Tensor> inputs) {
        return Interpreter.evaluate(f, inputs, Interpreter.Mode.EXACT)
                .getFirst()
                .get(0);
    }

    /**
     * A gradient against the differences of the steps, up to one that it is near to. What rounding of the function's value alone makes
     * of a difference is no deviation: a gradient that is zero meets noise.
     */
    private static Agreement nearest(
            double gradient, int position, double rms, double value, ToDoubleFunction<Double> along) {
        Agreement nearest = new Agreement(Double.POSITIVE_INFINITY, position, gradient, Double.NaN);
        for (double step : STEPS) {
            double wanted = difference(along, step);
            boolean noise = Math.abs(gradient - wanted) <= ROUNDINGS * Math.ulp(value) / step;
            double apart = Agreement.deviation(gradient, wanted, rms);
            double deviation = noise && apart > NEAR ? 0 : apart;
            if (step == STEPS.getFirst() || deviation < nearest.deviation()) {
                nearest = new Agreement(deviation, position, gradient, wanted);
            }
            if (nearest.deviation() <= NEAR) {
                break;
            }
        }
        return nearest;
    }

    /** Differences over 2h and h, whose errors in h² cancel. */
    private static double difference(ToDoubleFunction<Double> along, double h) {
        return (4 * central(along, h / 2) - central(along, h)) / 3;
    }

    private static double central(ToDoubleFunction<Double> along, double h) {
        return (along.applyAsDouble(h) - along.applyAsDouble(-h)) / (2 * h);
    }

    private List<Tensor> moved(List<Tensor> inputs, List<Tensor> direction, double h) {
        List<Tensor> moved = new ArrayList<>(inputs);
        for (int k = 0; k < wrt.size(); k++) {
            Tensor tensor = inputs.get(wrt.get(k)).copy();
            for (int i = 0; i < tensor.size(); i++) {
                tensor.set(i, tensor.get(i) + h * direction.get(k).get(i));
            }
            moved.set(wrt.get(k), tensor);
        }
        return moved;
    }

    private static List<Tensor> nudged(List<Tensor> inputs, int parameter, int position, double h) {
        List<Tensor> nudged = new ArrayList<>(inputs);
        Tensor tensor = inputs.get(parameter).copy();
        tensor.set(position, tensor.get(position) + h);
        nudged.set(parameter, tensor);
        return nudged;
    }

    /** Numbers of the parameters that one can differentiate by: the floats. */
    public static List<Integer> floats(Graph graph) {
        return IntStream.range(0, graph.parameters().size())
                .filter(i -> graph.parameters().get(i).type().element().isFloat())
                .boxed()
                .toList();
    }

    /**
     * A scalar that sees every element of a function's float results from number {@code from} on: their sum weighted by further
     * parameters of their types, which come after those of {@code graph}.
     */
    public static Graph weighted(Graph graph, int from) {
        GraphRebuilder copy = new GraphRebuilder(graph).takeAll();
        GraphBuilder builder = copy.builder();
        Value sum = null;
        int weights = 0;
        for (Value old : graph.results().subList(from, graph.results().size())) {
            Value result = copy.get(old);
            if (result.type().element().isFloat()) {
                Value weight = builder.parameter("weight" + weights++, result.type());
                Value product = builder.add(new Mul(result, weight));
                List<Integer> axes =
                        IntStream.range(0, result.type().rank()).boxed().toList();
                Value part = builder.add(new ReduceSum(product, axes));
                sum = sum == null ? part : builder.add(new Add(sum, part));
            }
        }
        return builder.build(sum == null ? List.of() : List.of(sum));
    }

    /** Random inputs for the parameters that {@code graph} has beyond {@code given}: the weights of {@link #weighted}. */
    public static List<Tensor> completed(Graph graph, List<Tensor> given, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Tensor> all = new ArrayList<>(given);
        for (Value parameter :
                graph.parameters().subList(given.size(), graph.parameters().size())) {
            TensorType type = parameter.type();
            all.add(Values.REAL.tensor(type, random));
        }
        return all;
    }
}
