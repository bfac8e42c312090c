package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The largest and the smallest of a row, bit by bit: NaNs of both signs, signed zeros, infinities. */
class CpuExtremesTest {
    private static final int WIDTH = 83;
    private static final float NEGATIVE_NAN = Float.intBitsToFloat(0xffc00000);

    private static float[] row(float everywhere, float at7, float at70) {
        float[] row = new float[WIDTH];
        Arrays.fill(row, everywhere);
        row[7] = at7;
        row[70] = at70;
        return row;
    }

    private static float[] extremes(boolean largest, float[]... rows) {
        GraphBuilder graph = new GraphBuilder("f");
        Value x = graph.parameter("x", TensorType.of(ElementType.F32, rows.length, WIDTH));
        Value y = graph.add(largest ? new ReduceMax(x, List.of(1)) : new ReduceMin(x, List.of(1)));
        Graph built = graph.build(List.of(y));
        Program program = new Program(
                List.of(),
                List.of(built),
                List.of(new Entry("run", "f", List.of(), List.of("x"), List.of("y"), List.of())));
        try (Arena arena = Arena.ofConfined();
                Backend backend = new CpuBackendProvider().open(new BackendOptions(1));
                Session session = backend.compile(program, CompileOptions.DEFAULT)) {
            MemorySegment data = arena.allocate((long) rows.length * WIDTH * Float.BYTES, 64);
            for (int i = 0; i < rows.length; i++) {
                MemorySegment.copy(rows[i], 0, data, ValueLayout.JAVA_FLOAT, (long) i * WIDTH * Float.BYTES, WIDTH);
            }
            float[] result = new float[rows.length];
            session.read(session.run("run", Map.of("x", data)).get("y"), MemorySegment.ofArray(result));
            return result;
        }
    }

    @Test
    void aNanOfEitherSignWins() {
        float[][] rows = {
            row(1, Float.NaN, 5),
            row(1, 5, NEGATIVE_NAN),
            row(Float.POSITIVE_INFINITY, NEGATIVE_NAN, 0),
            row(Float.NEGATIVE_INFINITY, Float.NaN, 0),
            row(NEGATIVE_NAN, 1, 2)
        };

        assertThat(extremes(true, rows)).containsOnly(Float.NaN);
        assertThat(extremes(false, rows)).containsOnly(Float.NaN);
    }

    @Test
    void infinitiesAndNumbersKeepTheirOrder() {
        float[][] rows = {
            row(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY),
            row(Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY),
            row(-3, -2, -4),
            row(0.5f, Float.MIN_VALUE, Float.MAX_VALUE),
        };

        assertThat(extremes(true, rows))
                .containsExactly(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -2, Float.MAX_VALUE);
        assertThat(extremes(false, rows))
                .containsExactly(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -4, Float.MIN_VALUE);
    }

    @Test
    void minusZeroIsBelowZero() {
        float[] mixed = row(-0f, 0f, -0f);

        assertThat(Float.floatToRawIntBits(extremes(true, mixed)[0])).isEqualTo(Float.floatToRawIntBits(0f));
        assertThat(Float.floatToRawIntBits(extremes(false, mixed)[0])).isEqualTo(Float.floatToRawIntBits(-0f));
    }
}
