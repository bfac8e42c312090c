package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Entry;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a session holds is known before it runs, and running takes nothing more. */
class CpuMemoryTest {

    private static final long ROWS = 512;
    private static final long WIDTH = 256;

    /** A step of descent of one layer: reads and writes w (256, 256), takes x (512, 256), gives the squares of the gradient. */
    private static Program step() {
        TensorType weight = TensorType.of(ElementType.F32, WIDTH, WIDTH);
        GraphBuilder graph = new GraphBuilder("f");
        Value w = graph.parameter("w", weight);
        Value x = graph.parameter("x", TensorType.of(ElementType.F32, ROWS, WIDTH));
        Value product = graph.add(new DotGeneral(x, w, List.of(), List.of(), List.of(1), List.of(0), ElementType.F32));
        Value y = graph.add(new Tanh(product));
        Value gradient = graph.add(new DotGeneral(x, y, List.of(), List.of(), List.of(0), List.of(0), ElementType.F32));
        Value squares = graph.add(new ReduceSum(graph.add(new Mul(gradient, gradient)), List.of(0, 1)));
        Value next = graph.add(new Sub(w, gradient));
        return new Program(
                List.of(new Stored("w", weight, Stored.Role.PARAM)),
                List.of(graph.build(List.of(squares, next))),
                List.of(new Entry("step", "f", List.of("w"), List.of("x"), List.of("squares"), List.of("w"))));
    }

    @Test
    void stepsTakeNoMemoryBeyondWhatIsSaidBefore() {
        try (Arena arena = Arena.ofConfined();
                Backend backend = new CpuBackendProvider().open(new BackendOptions(2))) {
            long before = NativeMemory.liveBytes();
            try (Session session = backend.compile(step(), CompileOptions.DEFAULT)) {
                MemorySegment x = arena.allocate(ROWS * WIDTH * Float.BYTES, 64);
                for (int step = 0; step < 110; step++) {
                    session.run("step", Map.of("x", x));
                    assertThat(NativeMemory.liveBytes() - before)
                            .as("held at step %d", step)
                            .isEqualTo(session.statistics().peakBytes());
                }
            }
            assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        }
    }
}
