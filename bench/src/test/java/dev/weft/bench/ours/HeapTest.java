package dev.weft.bench.ours;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weft.dsl.EntryRequest;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.Tensor;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What training takes of Java's heap once it goes: what holds the results of a step, and nothing that grows with the model. */
class HeapTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int FIRST = 10;
    private static final int LAST = 110;

    /** Bytes of a step: its two results as tensors, whose memory the collector frees, and the maps around inputs and results. */
    private static final long MOST = 4096;

    /** Of a step that takes nothing and gives nothing: two calls through locks. */
    private static final long MOST_OF_A_CALL = 1024;

    @Test
    void aTrainingStepTakesWhatItsResultsTake() {
        int[] tokens = new int[32];
        float[] ones = new float[32];
        Arrays.setAll(tokens, i -> i * 7 % 40);
        Arrays.fill(ones, 1);
        Map<String, Tensor> inputs = Map.of(
                "tokens", Tensor.of(tokens, 2, 16),
                "targets", Tensor.of(tokens, 2, 16),
                "weight", Tensor.of(ones, 2, 16),
                "lr", Tensor.of(new float[] {1e-3f}),
                "clip", Tensor.of(new float[] {1}));

        assertThat(bytesOfAStep(gpt(1, 16), "step", inputs)).isLessThan(MOST);
        assertThat(bytesOfAStep(gpt(4, 64), "step", inputs))
                .as("of a model with four times as many layers")
                .isLessThan(MOST);
    }

    private static dev.weft.graph.Program gpt(int layers, int width) {
        return Program.load("gpt")
                .with(Map.of(
                        "layers", Integer.toString(layers),
                        "heads", "2",
                        "width", Integer.toString(width),
                        "context", "16",
                        "vocab", "40"))
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of("step", Map.of("B", 2L, "T", 16L))));
    }

    @Test
    void aStepThatReturnsNothingTakesNextToNothing() {
        String text = """
                model Turn(n = 256) {
                    param a: f32[n, n] = normal(1)
                    state c: f32[n, n]
                    fn turn() {
                        c := tanh(a @ c + a)
                    }
                }
                """;

        assertThat(bytesOfAStep(
                        Program.of("turn", text).lower(List.of(EntryRequest.of("turn", Map.of()))), "turn", Map.of()))
                .isLessThan(MOST_OF_A_CALL);
    }

    private static long bytesOfAStep(dev.weft.graph.Program program, String entry, Map<String, Tensor> inputs) {
        try (Weft weft = Weft.open("cpu", 2);
                Model model = weft.compile(program)) {
            model.initialize(1);
            long[] team = team();
            for (int step = 0; step < FIRST; step++) {
                model.run(entry, inputs);
            }
            long before = allocated(team);
            for (int step = FIRST; step < LAST; step++) {
                model.run(entry, inputs);
            }
            return (allocated(team) - before) / (LAST - FIRST);
        }
    }

    /** Those who compute: this thread and the workers of the only pool that is open. */
    private static long[] team() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.equals(Thread.currentThread())
                        || thread.getName().startsWith("weft-cpu-"))
                .mapToLong(Thread::threadId)
                .toArray();
    }

    private static long allocated(long[] team) {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(team)).sum();
    }
}
