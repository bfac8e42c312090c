package dev.weft.backend.cpu.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.LlvmJit;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cos;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Log;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Sin;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Worst errors in units in the last place of f32, against the ops' reference meaning in f64. */
class MathFunctionsTest {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        -1f,
        2f,
        -2f,
        0.5f,
        -0.5f,
        3f,
        -3f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        88.72283f,
        88.72284f,
        -87.4f,
        -103.9f,
        -104.1f,
        0.625f,
        0.62499994f,
        0.92773438f,
        16777216f,
        1e10f,
        3e38f
    };
    private static final int RANDOM = 200_000;

    private record Point(float x, float y) {}

    private static List<Point> points(long seed, boolean two) {
        List<Point> points = new ArrayList<>();
        for (float x : SPECIAL) {
            for (float y : two ? SPECIAL : new float[] {0}) {
                points.add(new Point(x, y));
            }
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < RANDOM; i++) {
            float x =
                    switch (i % 3) {
                        case 0 -> Float.intBitsToFloat(random.nextInt());
                        case 1 -> (float) (random.nextGaussian() * 4);
                        default -> (float) (random.nextGaussian() * 100);
                    };
            points.add(new Point(x, two ? (float) (random.nextGaussian() * (i % 2 == 0 ? 2 : 30)) : 0));
        }
        return points;
    }

    private static double worstUlps(BiFunction<Value, Value, Op> op, boolean two) {
        List<Point> points = points(11, two);
        TensorType type = TensorType.of(ElementType.F32, points.size());
        GraphBuilder graph = new GraphBuilder("f");
        Value x = graph.parameter("x", type);
        Value y = graph.parameter("y", type);
        Value z = graph.add(op.apply(x, y));
        Kernel kernel = MapKernels.of(points.size(), 1, List.of(z), List.of(z), Map.of())
                .getFirst();
        float[] results = run(kernel, points, x, y);
        Tensor wanted = ((dev.weft.graph.op.Primitive) z.op())
                .evaluate(operands(points, type, z.operands().size()));
        double worst = 0;
        for (int i = 0; i < results.length; i++) {
            double error = ulps(results[i], wanted.get(i));
            assertThat(error)
                    .as(
                            "%s at x=%s y=%s: got %s, wanted %s",
                            z.op().mnemonic(), points.get(i).x, points.get(i).y, results[i], wanted.get(i))
                    .isLessThan(3);
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private static List<Tensor> operands(List<Point> points, TensorType type, int count) {
        Tensor x = Tensor.of(type, points.stream().mapToDouble(Point::x).toArray());
        Tensor y = Tensor.of(type, points.stream().mapToDouble(Point::y).toArray());
        return List.of(x, y).subList(0, count);
    }

    private static float[] run(Kernel kernel, List<Point> points, Value x, Value y) {
        try (Arena arena = Arena.ofConfined();
                LlvmJit jit = new LlvmJit()) {
            jit.add(new LlvmCompiler().compile("test", kernel.text(), LlvmCompiler.Keep.OBJECT_ONLY));
            MemorySegment memoryX = arena.allocate(4L * points.size(), 64);
            MemorySegment memoryY = arena.allocate(4L * points.size(), 64);
            MemorySegment result = arena.allocate(4L * points.size(), 64);
            for (int i = 0; i < points.size(); i++) {
                memoryX.setAtIndex(ValueLayout.JAVA_FLOAT, i, points.get(i).x);
                memoryY.setAtIndex(ValueLayout.JAVA_FLOAT, i, points.get(i).y);
            }
            MemorySegment arguments = arena.allocate(8L * kernel.slots().size(), 8);
            for (int i = 0; i < kernel.slots().size(); i++) {
                long word =
                        switch (kernel.slots().get(i)) {
                            case Slot.Size size -> size.value();
                            case Slot.Tensor slot ->
                                (slot.value().equals(x) ? memoryX : slot.value().equals(y) ? memoryY : result)
                                        .address();
                            case Slot.Number _, Slot.Meaning _, Slot.Partial _, Slot.Status _ ->
                                throw new AssertionError("a map of one op has no such argument");
                        };
                arguments.setAtIndex(ValueLayout.JAVA_LONG, i, word);
            }
            new KernelFunction(jit.find("kernel")).call(arguments, MemorySegment.NULL, 0, kernel.units());
            return result.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** Distance in f32's steps at the right result; results beyond f32's range count as infinite. */
    private static double ulps(float got, double wanted) {
        float rounded = (float) wanted;
        if (Float.isNaN(rounded) || Float.isNaN(got)) {
            return Float.isNaN(rounded) && Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (rounded == got) {
            return Float.floatToRawIntBits(rounded) == Float.floatToRawIntBits(got) ? 0 : 1;
        }
        if (Float.isInfinite(rounded) || Float.isInfinite(got)) {
            return Float.MAX_VALUE == Math.abs(got) || Float.MAX_VALUE == Math.abs(rounded)
                    ? 1
                    : Double.POSITIVE_INFINITY;
        }
        return Math.abs(got - wanted) / Math.ulp(rounded);
    }

    @Test
    void expIsWithinTwoUlps() {
        assertThat(worstUlps((x, y) -> new Exp(x), false)).isLessThan(2);
    }

    @Test
    void logIsWithinTwoUlps() {
        assertThat(worstUlps((x, y) -> new Log(x), false)).isLessThan(2);
    }

    @Test
    void tanhIsWithinTwoUlps() {
        assertThat(worstUlps((x, y) -> new Tanh(x), false)).isLessThan(2);
    }

    @Test
    void erfIsWithinTwoUlps() {
        assertThat(worstUlps((x, y) -> new Erf(x), false)).isLessThan(2);
    }

    @Test
    void sinIsWithinTwoUlpsForArgumentsOfAnySize() {
        assertThat(worstUlps((x, y) -> new Sin(x), false)).isLessThan(2);
    }

    @Test
    void cosIsWithinTwoUlpsForArgumentsOfAnySize() {
        assertThat(worstUlps((x, y) -> new Cos(x), false)).isLessThan(2);
    }

    @Test
    void powIsWithinTwoUlps() {
        assertThat(worstUlps(Pow::new, true)).isLessThan(2);
    }
}
