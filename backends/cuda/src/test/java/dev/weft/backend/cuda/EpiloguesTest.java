package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.region.ProductSupport;
import dev.weft.backend.cuda.region.Work;
import dev.weft.backend.reference.ReferenceProvider;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Programs;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Slice;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a graph becomes the epilogue of a product, and that it computes the same on the host device as the reference does. */
class EpiloguesTest {
    private static final long ROWS = 24;
    private static final long DEPTH = 40;
    private static final long COLUMNS = 16;
    private static final double K = Math.sqrt(2 / Math.PI);

    /** A graph with a product of matrices of {@code narrow}, summed in f32. */
    private static final class Maker {
        private final GraphBuilder b = new GraphBuilder("f");
        private final ElementType narrow;
        private final long columns;
        private final Value p;

        Maker(ElementType narrow, long columns) {
            this.narrow = narrow;
            this.columns = columns;
            this.p = product(parameter("x", narrow, ROWS, DEPTH), "w");
        }

        private Value parameter(String name, ElementType element, long... sizes) {
            return b.parameter(name, new TensorType(element, Shape.of(sizes)));
        }

        Value product(Value x, String w) {
            return b.add(new DotGeneral(
                    x,
                    parameter(w, narrow, x.type().size(1), columns),
                    List.of(),
                    List.of(),
                    List.of(1),
                    List.of(0),
                    ElementType.F32));
        }

        Value whole(String name) {
            return b.parameter(name, p.type());
        }

        Value bias() {
            return b.add(new Broadcast(
                    parameter("bias", ElementType.F32, columns), p.type().shape(), List.of(1)));
        }

        Value biased() {
            return b.add(new Add(p, bias()));
        }

        Value times(Value x, double factor) {
            return b.add(new Mul(x, b.full(x.type(), factor)));
        }

        Value times(Value x, Value y) {
            return b.add(new Mul(x, y));
        }

        Value plus(Value x, double other) {
            return b.add(new Add(x, b.full(x.type(), other)));
        }

        Value plus(Value x, Value y) {
            return b.add(new Add(x, y));
        }

        Value tangent(Value z, double cube) {
            return tangent(z, times(times(z, z), z), cube);
        }

        private Value tangent(Value z, Value cubed, double cube) {
            return b.add(new Tanh(times(plus(z, times(cubed, cube)), K)));
        }

        Value geluByPower(Value z) {
            Value cubed = b.add(new Pow(z, b.full(z.type(), 3)));
            return times(z, plus(times(tangent(z, cubed, 0.044715), 0.5), 0.5));
        }

        Value gelu(Value z) {
            return times(times(z, 0.5), plus(tangent(z, 0.044715), 1));
        }

        /** Of another form than the derivative table gives. */
        Value gradient(Value z) {
            Value t = tangent(z, 0.044715);
            Value rest = b.add(new Sub(b.full(z.type(), 1), times(t, t)));
            Value inner = plus(times(times(z, z), 3 * 0.044715 * K), K);
            return times(plus(plus(t, 1), times(times(z, rest), inner)), 0.5);
        }

        Value narrow(Value x) {
            return narrow == ElementType.F32 ? x : b.add(new Cast(x, narrow));
        }

        /** {@code x} summed over its rows. */
        Value rows(Value x) {
            return b.add(new ReduceSum(x, List.of(0)));
        }

        /** {@code xᵀ · y}, as the gradient of a weight. */
        Value overRows(Value x, Value y) {
            return b.add(new DotGeneral(x, y, List.of(), List.of(), List.of(0), List.of(0), ElementType.F32));
        }

        Value first() {
            return b.parameter("first", new TensorType(narrow, Shape.of(ROWS, DEPTH)));
        }

        Graph build(Value... results) {
            return b.build(List.of(results));
        }
    }

    /** What becomes what. */
    enum Case {
        NOTHING(ElementType.F32, "NONE", m -> m.build(m.p)),
        BIAS(ElementType.F32, "BIAS", m -> m.build(m.biased())),
        ADDEND(ElementType.F32, "NONE+C", m -> m.build(m.plus(m.whole("y"), m.p))),
        RESIDUAL(ElementType.F32, "BIAS+C", m -> m.build(m.plus(m.whole("y"), m.biased()))),
        GELU(ElementType.F32, "GELU", m -> m.build(m.gelu(m.p))),
        GELU_BY_POWER(ElementType.F32, "GELU", m -> m.build(m.geluByPower(m.p))),
        GELU_BIAS(ElementType.F32, "GELU_BIAS", m -> m.build(m.gelu(m.biased()))),
        GELU_KEPT(ElementType.F32, "GELU_AUX_BIAS", m -> {
            Value z = m.biased();
            return m.build(z, m.gelu(z));
        }),
        GELU_BACKWARD(ElementType.F32, "DGELU", m -> m.build(m.times(m.p, m.gradient(m.whole("z"))))),
        NARROW_BIAS(ElementType.BF16, "BIAS", m -> m.build(m.narrow(m.biased()))),
        NARROW_GELU(ElementType.BF16, "GELU_BIAS", m -> m.build(m.narrow(m.gelu(m.biased())))),
        HALF_BIAS(ElementType.F16, "BIAS", m -> m.build(m.narrow(m.biased()))),
        WIDE_RESIDUAL(ElementType.BF16, "BIAS+C", m -> m.build(m.plus(m.whole("y"), m.biased()))),
        /** Forward and backward: what is kept between is of the narrow type, and so is what the bias gradient sums. */
        NARROW_TRAINING(ElementType.BF16, "GELU_AUX_BIAS DGELU", m -> {
            Value z = m.biased();
            Value result = m.narrow(m.gelu(z));
            Value back = m.times(m.product(result, "v"), m.gradient(z));
            return m.build(result, m.narrow(back), m.b.add(new ReduceSum(back, List.of(0))));
        }),

        BIAS_GRADIENT(ElementType.F32, "BGRADA", m -> {
            Value y = m.whole("y");
            return m.build(m.overRows(m.first(), y), m.rows(y));
        }),
        BIAS_GRADIENT_OF_TRANSPOSED(ElementType.F32, "BGRADB", m -> {
            Value y = m.whole("y");
            return m.build(m.overRows(y, m.first()), m.rows(y));
        }),
        /** One vector for each product. */
        BOTH_OPERANDS(ElementType.F32, "BGRADA", m -> {
            Value x = m.first();
            Value y = m.whole("y");
            return m.build(m.overRows(x, y), m.rows(y), m.rows(x));
        }),
        /** What the product reads is summed, and the sum is of f32. */
        NARROW_BIAS_GRADIENT(ElementType.BF16, "BGRADA", m -> {
            Value y = m.whole("y");
            return m.build(m.overRows(m.first(), m.narrow(y)), m.rows(y));
        }),
        /** A kernel reads the product besides, as a norm of all gradients does. */
        BIAS_GRADIENT_AND_SQUARES(ElementType.F32, "BGRADA", m -> {
            Value y = m.whole("y");
            Value product = m.overRows(m.first(), y);
            Value squares = m.b.add(new ReduceSum(m.times(product, product), List.of(0, 1)));
            return m.build(product, m.rows(y), squares);
        }),
        SUM_OF_COLUMNS(ElementType.F32, "NONE", m -> {
            Value y = m.whole("y");
            return m.build(m.overRows(m.first(), y), m.b.add(new ReduceSum(y, List.of(1))));
        }),
        SUM_OF_A_PART(ElementType.F32, "NONE", m -> {
            Value y = m.whole("y");
            Value part = m.b.add(new Slice(y, List.of(0L, 0L), List.of(ROWS, COLUMNS / 2), List.of(1L, 1L)));
            return m.build(m.overRows(m.first(), part), m.rows(part));
        }),
        SUM_NEEDED_BEFORE(ElementType.F32, "NONE NONE", m -> {
            Value y = m.whole("y");
            Value sum = m.rows(y);
            Value scaled = m.times(y, m.b.add(new Broadcast(sum, y.type().shape(), List.of(1))));
            return m.build(m.overRows(m.first(), y), m.overRows(scaled, scaled), sum);
        }),

        /** The product is read besides. */
        READ_TWICE(ElementType.F32, "NONE", m -> m.build(m.p, m.gelu(m.biased()))),
        /** An addend of rows, not of columns. */
        BIAS_OF_ROWS(
                ElementType.F32,
                "NONE",
                m -> m.build(m.plus(
                        m.p,
                        m.b.add(new Broadcast(
                                m.parameter("bias", ElementType.F32, ROWS),
                                m.p.type().shape(),
                                List.of(0)))))),
        SCALED(ElementType.F32, "NONE", m -> m.build(m.times(m.biased(), 2))),
        ANOTHER_CUBE(
                ElementType.F32, "NONE", m -> m.build(m.times(m.times(m.p, 0.5), m.plus(m.tangent(m.p, 0.0447), 1)))),
        BY_ERF(
                ElementType.F32,
                "NONE",
                m -> m.build(m.times(m.times(m.p, 0.5), m.plus(m.b.add(new Erf(m.times(m.p, Math.sqrt(0.5)))), 1)))),
        SILU(
                ElementType.F32,
                "NONE",
                m -> m.build(m.times(m.p, m.plus(m.times(m.b.add(new Tanh(m.times(m.p, 0.5))), 0.5), 0.5)))),
        /** What the GELU is taken of leaves in f32. */
        WIDE_Z(ElementType.BF16, "NONE", m -> {
            Value z = m.biased();
            return m.build(m.narrow(m.gelu(z)), m.times(z, 2));
        });

        private final ElementType element;
        private final String wanted;
        private final Function<Maker, Graph> make;

        Case(ElementType element, String wanted, Function<Maker, Graph> make) {
            this.element = element;
            this.wanted = wanted;
            this.make = make;
        }
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void isFoundAndComputesTheSame(Case what) {
        Graph graph = what.make.apply(new Maker(what.element, COLUMNS));
        assertThat(String.join(" ", epilogues(graph, true))).isEqualTo(what.wanted);
        agree(graph);
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void whatADeviceDoesNotOfferAKernelDoes(Case what) {
        Graph graph = what.make.apply(new Maker(what.element, COLUMNS));
        assertThat(epilogues(graph, false)).allMatch(name -> name.equals("NONE") || name.equals("NONE+C"));
    }

    @Test
    void anAuxiliaryMatrixNeedsColumnsInEights() {
        Graph graph = Case.GELU_KEPT.make.apply(new Maker(ElementType.F32, 12));
        assertThat(epilogues(graph, true)).containsExactly("BIAS");
        agree(graph);
        Graph narrow = Case.GELU_BIAS.make.apply(new Maker(ElementType.F32, 12));
        assertThat(epilogues(narrow, true)).containsExactly("GELU_BIAS");
        agree(narrow);
    }

    @Test
    void tf32RoundsTheTermsOfProductsInF32() {
        Graph graph = Case.BIAS.make.apply(new Maker(ElementType.F32, COLUMNS));
        BackendOptions tf32 = new BackendOptions(1, BackendOptions.UNLIMITED, BackendOptions.UNLIMITED, false, true);
        double[] wanted =
                run(new HostProvider(Order.FORWARD), Programs.run(graph)).get("y0");
        double[] got =
                run(new HostProvider(Order.FORWARD), tf32, Programs.run(graph)).get("y0");
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            worst = Math.max(worst, Math.abs(got[i] - wanted[i]));
        }
        assertThat(worst).isBetween(1e-5, 1e-2);
    }

    /** How the products of a program end. */
    private static List<String> epilogues(Graph graph, boolean offered) {
        ProductSupport support = new ProductSupport(
                CollectedKernels.FACTS, product -> offered || product.epilogue() == Epilogue.NONE, false);
        CompiledProgram compiled = CompiledProgram.of(
                Programs.run(graph),
                FusionModel.STANDARD,
                CompileOptions.DEFAULT,
                new KernelCache(new CollectedKernels(), CodeStore.none(), 1),
                support);
        List<String> names = new ArrayList<>();
        compiled.entries().get("run").forEach(steps -> steps.work().forEach(work -> {
            if (work instanceof Work.Multiply product) {
                names.add(product.product().epilogue() + (product.product().beta() == 1 ? "+C" : ""));
            }
        }));
        return names;
    }

    private static void agree(Graph graph) {
        Program program = Programs.run(graph);
        Map<String, double[]> wanted = run(new ReferenceProvider(), program);
        Map<String, double[]> got = run(new HostProvider(Order.FORWARD), program);
        for (int i = 0; i < graph.results().size(); i++) {
            TensorType type = graph.results().get(i).type();
            double[] values = wanted.get("y" + i);
            double size =
                    Math.sqrt(Arrays.stream(values).map(x -> x * x).average().orElse(0));
            boolean rounded = graph.parameters().getFirst().type().element() != ElementType.F32 && type.rank() < 2;
            // Two bf16 units: what an epilogue keeps is rounded besides the result.
            double tolerance = type.element() == ElementType.F32 && !rounded ? 1e-5 : 0x1p-6;
            for (int k = 0; k < values.length; k++) {
                assertThat(got.get("y" + i)[k])
                        .as("result %d of %s at %d", i, type, k)
                        .isCloseTo(values[k], within(tolerance * Math.max(Math.abs(values[k]), size)));
            }
        }
    }

    private static Offset<Double> within(double offset) {
        return Offset.offset(offset);
    }

    private static Map<String, double[]> run(BackendProvider provider, Program program) {
        return run(provider, new BackendOptions(1), program);
    }

    private static Map<String, double[]> run(BackendProvider provider, BackendOptions options, Program program) {
        Graph graph = program.function("f");
        try (Backend backend = provider.open(options);
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            Random random = new Random(5);
            Map<String, MemorySegment> inputs = new HashMap<>();
            for (Value parameter : graph.parameters()) {
                MemorySegment values = arena.allocate(parameter.type().bytes(), 8);
                each(parameter.type(), values, (at, old) -> random.nextGaussian() / Math.sqrt(Math.sqrt(DEPTH)));
                inputs.put(Graph.parameterName(parameter), values);
            }
            Map<String, double[]> results = new HashMap<>();
            session.run("run", inputs).forEach((name, buffer) -> {
                MemorySegment values = arena.allocate(buffer.type().bytes(), 8);
                session.read(buffer, values);
                double[] numbers = new double[(int) buffer.type().shape().elements()];
                each(buffer.type(), values, (at, old) -> numbers[at] = old);
                results.put(name, numbers);
            });
            return results;
        }
    }

    /** Replaces each element by what is said of its place and of itself. */
    private static void each(TensorType type, MemorySegment values, BiFunction<Integer, Double, Double> change) {
        for (int i = 0; i < type.shape().elements(); i++) {
            switch (type.element()) {
                case F32 -> {
                    double old = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    values.setAtIndex(
                            ValueLayout.JAVA_FLOAT, i, change.apply(i, old).floatValue());
                }
                case BF16 -> {
                    int bits = values.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16;
                    float changed =
                            change.apply(i, (double) Float.intBitsToFloat(bits)).floatValue();
                    values.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(changed) >>> 16));
                }
                case F16 -> {
                    double old = Float.float16ToFloat(values.getAtIndex(ValueLayout.JAVA_SHORT, i));
                    values.setAtIndex(
                            ValueLayout.JAVA_SHORT,
                            i,
                            Float.floatToFloat16(change.apply(i, old).floatValue()));
                }
                default -> throw new AssertionError(type);
            }
        }
    }
}
