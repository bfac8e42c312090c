package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.*;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where calculus leaves a choice, or arithmetic a trap. */
class SpecialPointsTest {

    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    /** A function of some scalars. */
    private interface Formula extends BiFunction<GraphBuilder, List<Value>, Value> {}

    static Stream<Arguments> points() {
        return Stream.of(
                at("|x| at 0 has slope 0", (b, v) -> b.add(new Abs(v.get(0))), of(0), of(0)),
                at("|x| at −0 has slope −0", (b, v) -> b.add(new Abs(v.get(0))), of(-0.0), of(-0.0)),
                at("√x at 0 is infinitely steep", (b, v) -> b.add(new Sqrt(v.get(0))), of(0), of(INF)),
                at("log x at 0 is infinitely steep", (b, v) -> b.add(new Log(v.get(0))), of(0), of(INF)),
                at("√x below 0 is NaN", (b, v) -> b.add(new Sqrt(v.get(0))), of(-1), of(NAN)),
                at("max of equals gives each half", SpecialPointsTest::max, of(2, 2), of(0.5, 0.5)),
                at("min of equals gives each half", SpecialPointsTest::min, of(2, 2), of(0.5, 0.5)),
                at("max of +0 and −0 counts them as equal", SpecialPointsTest::max, of(0, -0.0), of(0.5, 0.5)),
                at("max gives the larger all", SpecialPointsTest::max, of(1, 3), of(0, 1)),
                at("max of infinities gives the larger all", SpecialPointsTest::max, of(INF, -INF), of(1, 0)),
                at("a relu by select is flat at 0", SpecialPointsTest::relu, of(0), of(0)),
                at("x² at 0 is flat", (b, v) -> pow(b, v.get(0), 2), of(0), of(0)),
                at("x² below 0", (b, v) -> pow(b, v.get(0), 2), of(-3), of(-6)),
                at("x¹ at 0 has slope 1", (b, v) -> pow(b, v.get(0), 1), of(0), of(1)),
                at("x⁰ at 0 is flat", (b, v) -> pow(b, v.get(0), 0), of(0), of(0)),
                at("√x as a power at 0", (b, v) -> pow(b, v.get(0), 0.5), of(0), of(INF)),
                at("xʸ at x = 0, y = 2", SpecialPointsTest::pow, of(0, 2), of(0, 0)),
                at("xʸ at x = 0, y = 1", SpecialPointsTest::pow, of(0, 1), of(1, 0)),
                at("xʸ at x = 0, y = 0", SpecialPointsTest::pow, of(0, 0), of(0, 0)),
                at("xʸ at x < 0 has no slope in y", SpecialPointsTest::pow, of(-2, 3), of(12, NAN)),
                at("the base of xˣ counts twice", (b, v) -> pow(b, List.of(v.get(0), v.get(0))), of(1), of(1)),
                at("1/x at 0", (b, v) -> b.add(new Div(b.constant(ElementType.F64, 1), v.get(0))), of(0), of(-INF)),
                at("floor is flat, also at its jumps", (b, v) -> b.add(new Floor(v.get(0))), of(1), of(0)),
                at("exp at −∞ is flat", (b, v) -> b.add(new Exp(v.get(0))), of(-INF), of(0)),
                at("tanh at ∞ is flat", (b, v) -> b.add(new Tanh(v.get(0))), of(INF), of(0)),
                at("erf at ∞ is flat", (b, v) -> b.add(new Erf(v.get(0))), of(INF), of(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("points")
    void gradientAt(String what, Formula formula, double[] x, double[] wanted) {
        GraphBuilder builder = new GraphBuilder("f");
        List<Value> parameters = IntStream.range(0, x.length)
                .mapToObj(i -> builder.parameter("x" + i, TensorType.scalar(ElementType.F64)))
                .toList();
        Graph f = builder.build(List.of(formula.apply(builder, parameters)));
        List<Integer> wrt = IntStream.range(0, x.length).boxed().toList();
        List<Tensor> inputs = DoubleStream.of(x)
                .mapToObj(value -> Tensor.of(TensorType.scalar(ElementType.F64), value))
                .toList();
        assertThat(gradients(f, wrt, inputs)).as(what).containsExactly(wanted);
    }

    @Test
    void reduceMaxSharesAmongTies() {
        assertThat(gradientOfReduction(ReduceMax::new, 1, 3, 3, -1)).containsExactly(0, 0.5, 0.5, 0);
    }

    @Test
    void reduceMinSharesAmongTies() {
        assertThat(gradientOfReduction(ReduceMin::new, 1, 1, 1, 3)).containsExactly(1.0 / 3, 1.0 / 3, 1.0 / 3, 0);
    }

    @Test
    void reduceMaxGivesAnInfiniteElementAll() {
        assertThat(gradientOfReduction(ReduceMax::new, 1, INF, 3, -INF)).containsExactly(0, 1, 0, 0);
    }

    @Test
    void whatSelectDoesNotChooseGetsNothingEvenIfItIsNaN() {
        GraphBuilder b = new GraphBuilder("f");
        Value x = b.parameter("x", TensorType.scalar(ElementType.F64));
        Value y = b.parameter("y", TensorType.scalar(ElementType.F64));
        Value chosen = b.add(new Gt(x, b.constant(ElementType.F64, 0)));
        Graph f = b.build(List.of(b.add(new Select(chosen, x, b.add(new Mul(y, y))))));
        List<Tensor> inputs = List.of(scalar(2), scalar(NAN));

        assertThat(gradients(f, List.of(0), inputs)).containsExactly(1);
        assertThat(gradients(Differentiate.gradient(f, List.of(0)), List.of(0), inputs))
                .containsExactly(1);
    }

    @Test
    void softmaxOverMaskedScoresHasNoNaN() {
        GraphBuilder b = new GraphBuilder("f");
        TensorType row = TensorType.of(ElementType.F64, 4);
        Value x = b.parameter("x", row);
        Value weight = b.parameter("weight", row);
        Value seen = b.add(new Lt(b.add(new Iota(row.shape(), 0, ElementType.F64)), b.full(row, 2)));
        Value masked = b.add(new Select(seen, x, b.full(row, -INF)));
        Value most = b.add(new Broadcast(b.add(new ReduceMax(masked, List.of(0))), row.shape(), List.of()));
        Value e = b.add(new Exp(b.add(new Sub(masked, most))));
        Value sum = b.add(new Broadcast(b.add(new ReduceSum(e, List.of(0))), row.shape(), List.of()));
        Value softmax = b.add(new Div(e, sum));
        Graph f = b.build(List.of(b.add(new ReduceSum(b.add(new Mul(softmax, weight)), List.of(0)))));

        double[] gradient = gradients(f, List.of(0), List.of(Tensor.of(row, 0, 0, 5, NAN), Tensor.of(row, 1, 3, 2, 2)));
        assertThat(gradient).containsExactly(-0.5, 0.5, 0, 0);
    }

    private static Arguments at(String what, Formula formula, double[] x, double[] wanted) {
        return Arguments.of(what, formula, x, wanted);
    }

    private static double[] of(double... values) {
        return values;
    }

    private static Value max(GraphBuilder b, List<Value> v) {
        return b.add(new Max(v.get(0), v.get(1)));
    }

    private static Value min(GraphBuilder b, List<Value> v) {
        return b.add(new Min(v.get(0), v.get(1)));
    }

    private static Value pow(GraphBuilder b, List<Value> v) {
        return b.add(new Pow(v.get(0), v.get(1)));
    }

    private static Value pow(GraphBuilder b, Value x, double exponent) {
        return b.add(new Pow(x, b.constant(ElementType.F64, exponent)));
    }

    private static Value relu(GraphBuilder b, List<Value> v) {
        Value zero = b.constant(ElementType.F64, 0);
        return b.add(new Select(b.add(new Gt(v.getFirst(), zero)), v.getFirst(), zero));
    }

    private static Tensor scalar(double value) {
        return Tensor.of(TensorType.scalar(ElementType.F64), value);
    }

    private static double[] gradientOfReduction(BiFunction<Value, List<Integer>, Op> reduction, double... x) {
        GraphBuilder b = new GraphBuilder("f");
        TensorType row = TensorType.of(ElementType.F64, x.length);
        Graph f = b.build(List.of(b.add(reduction.apply(b.parameter("x", row), List.of(0)))));
        return gradients(f, List.of(0), List.of(Tensor.of(row, x)));
    }

    /** All elements of all gradients. */
    private static double[] gradients(Graph f, List<Integer> wrt, List<Tensor> inputs) {
        List<Tensor> results = Interpreter.evaluate(Differentiate.gradient(f, wrt), inputs, Interpreter.Mode.EXACT);
        return results.subList(f.results().size(), results.size()).stream()
                .flatMapToDouble(tensor -> DoubleStream.of(tensor.toArray()))
                .toArray();
    }
}
