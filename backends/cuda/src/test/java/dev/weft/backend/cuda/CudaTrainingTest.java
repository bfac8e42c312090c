package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.reference.ReferenceProvider;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole training steps through the backend's real code, on the host device, beside the reference. */
class CudaTrainingTest {
    private static final int STEPS = 3;
    private static final int VOCAB = 67;

    /** The distance of two neighbouring bf16 numbers relative to their size. */
    private static final double BF16_UNIT = 0x1p-7;

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void threeStepsOfATinyModel(String model) {
        Program program = Models.tiny(model, "step", Map.of("B", 2L, "T", 16L));
        Map<String, float[]> wanted = train(new ReferenceProvider(), program);
        Map<String, float[]> got = train(new HostProvider(Order.FORWARD), program);

        assertThat(got).hasSameSizeAs(wanted);
        wanted.forEach((name, values) -> assertThat(got.get(name)).as(name).containsExactly(values, within(values)));
    }

    /**
     * In bf16 both sides round what products read, ours also what their epilogues keep, and a softmax before it is divided by its sum. An update of AdamW is of the size of the
     * learning rate whatever the size of the gradient, so single elements whose gradient is lost in rounding may differ by that.
     */
    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void threeStepsInBf16(String model) {
        Program program = Models.tiny(model, "step", Map.of("B", 2L, "T", 16L), ElementType.BF16);
        Map<String, float[]> wanted = train(new ReferenceProvider(), program);
        Map<String, float[]> got = train(new HostProvider(Order.FORWARD), program);

        assertThat(got).hasSameSizeAs(wanted);
        wanted.forEach((name, values) ->
                assertThat(distance(got.get(name), values)).as(name).isLessThan(4 * BF16_UNIT));
    }

    /** Root mean square of the difference, relative to that of the values. */
    private static double distance(float[] got, float[] wanted) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow(got[i] - wanted[i], 2);
            size += Math.pow(wanted[i], 2);
        }
        return Math.sqrt(difference / Math.max(size, Double.MIN_NORMAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void theOrderOfThreadsChangesNoBit(String model) {
        Program program = Models.tiny(model, "step", Map.of("B", 2L, "T", 16L));
        Map<String, float[]> forward = train(new HostProvider(Order.FORWARD), program);
        for (Order order : List.of(Order.REVERSED, Order.random(1))) {
            train(new HostProvider(order), program)
                    .forEach((name, values) ->
                            assertThat(values).as(order + " " + name).isEqualTo(forward.get(name)));
        }
    }

    private static org.assertj.core.data.Offset<Float> within(float[] values) {
        float most = 0;
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        return org.assertj.core.data.Offset.offset(1e-4f * most + 1e-6f);
    }

    /** All stored f32 tensors after some steps from the same random parameters. */
    private static Map<String, float[]> train(BackendProvider provider, Program program) {
        try (Backend backend = provider.open(new BackendOptions(1));
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            Random random = new Random(7);
            for (Stored tensor : program.stored()) {
                if (tensor.type().element() == ElementType.F32 && tensor.role() == Stored.Role.PARAM) {
                    MemorySegment values = arena.allocate(tensor.type().bytes(), 8);
                    for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
                        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian() * 0.1f);
                    }
                    session.write(values, session.stored(tensor.name()));
                }
            }
            if (program.entries().stream().anyMatch(entry -> entry.name().equals(Precision.REFRESH))) {
                session.run(Precision.REFRESH, Map.of());
            }
            for (int step = 0; step < STEPS; step++) {
                session.run("step", inputs(program, random, step, arena));
            }
            Map<String, float[]> stored = new HashMap<>();
            for (Stored tensor : program.stored()) {
                if (tensor.type().element() == ElementType.F32) {
                    MemorySegment values = arena.allocate(tensor.type().bytes(), 8);
                    session.read(session.stored(tensor.name()), values);
                    stored.put(tensor.name(), values.toArray(ValueLayout.JAVA_FLOAT));
                }
            }
            return stored;
        }
    }

    private static Map<String, MemorySegment> inputs(Program program, Random random, int step, Arena arena) {
        Entry entry = program.entry("step");
        List<Value> parameters = program.body(entry).parameters();
        Map<String, MemorySegment> inputs = new HashMap<>();
        for (int i = 0; i < entry.inputs().size(); i++) {
            var type = parameters.get(entry.reads().size() + i).type();
            MemorySegment values = arena.allocate(type.bytes(), 8);
            for (long k = 0; k < type.shape().elements(); k++) {
                switch (type.element()) {
                    case F32 -> values.setAtIndex(ValueLayout.JAVA_FLOAT, k, type.rank() == 0 ? 0.01f / (step + 1) : 1);
                    case I32 ->
                        values.setAtIndex(ValueLayout.JAVA_INT, k, type.rank() == 0 ? step : random.nextInt(VOCAB));
                    default ->
                        throw new AssertionError("input " + entry.inputs().get(i) + " is " + type);
                }
            }
            inputs.put(entry.inputs().get(i), values);
        }
        return inputs;
    }
}
