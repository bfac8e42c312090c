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
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
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
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a graph becomes the epilogue of a product, and that it computes the same on the host device as the reference does. */
class EpiloguesTest {

    @ParameterizedTest
    @EnumSource(EpilogueCase.class)
    void isFoundAndComputesTheSame(EpilogueCase what) {
        Graph graph = what.make.apply(new EpilogueMaker(what.element, EpilogueMaker.COLUMNS));
        assertThat(String.join(" ", epilogues(graph, true))).isEqualTo(what.wanted);
        agree(graph);
    }

    @ParameterizedTest
    @EnumSource(EpilogueCase.class)
    void whatADeviceDoesNotOfferAKernelDoes(EpilogueCase what) {
        Graph graph = what.make.apply(new EpilogueMaker(what.element, EpilogueMaker.COLUMNS));
        assertThat(epilogues(graph, false)).allMatch(name -> name.equals("NONE") || name.equals("NONE+C"));
    }

    @Test
    void anAuxiliaryMatrixNeedsColumnsInEights() {
        Graph graph = EpilogueCase.GELU_KEPT.make.apply(new EpilogueMaker(ElementType.F32, 12));
        assertThat(epilogues(graph, true)).containsExactly("BIAS");
        agree(graph);
        Graph narrow = EpilogueCase.GELU_BIAS.make.apply(new EpilogueMaker(ElementType.F32, 12));
        assertThat(epilogues(narrow, true)).containsExactly("GELU_BIAS");
        agree(narrow);
    }

    @Test
    void tf32RoundsTheTermsOfProductsInF32() {
        Graph graph = EpilogueCase.BIAS.make.apply(new EpilogueMaker(ElementType.F32, EpilogueMaker.COLUMNS));
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
                each(
                        parameter.type(),
                        values,
                        (at, old) -> random.nextGaussian() / Math.sqrt(Math.sqrt(EpilogueMaker.DEPTH)));
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
