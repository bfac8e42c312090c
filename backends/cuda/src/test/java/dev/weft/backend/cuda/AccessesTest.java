package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.models.Weft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How much the loads and stores of compiled kernels move, as the cubin has them: what memory limits must take 16 bytes at once. */
class AccessesTest {
    private static final String TEXT = """
            import nn
            model Pieces(rows, width) {
                norm: nn.LayerNorm(width)
                fn gelu(x, bias: f32[rows, width]) -> f32[rows, width] = nn.gelu(x + bias)
                fn normed(x, made: f32[rows, width]) -> (f32[rows, width], f32[rows, width]) {
                    sum_of_both = x + made
                    (sum_of_both, norm(sum_of_both))
                }
                fn looked(table: f32[rows, width], ids: i32[1000], dy: f32[1000, width]) -> f32[] = sum(table[ids] * dy)
                fn embedding(table: f32[rows, width], ids: i32[1000], dy: f32[1000, width]) -> f32[rows, width] =
                    grad(looked, wrt table)(table, ids, dy)
                fn gathered(table: f32[rows, width], ids: i32[1000]) -> f32[1000, width] = table[ids]
                fn halves(x: bf16[rows, width]) -> bf16[rows, width] = x * x
            }
            """;

    /** Loads and stores by bytes, of each kernel with what it says of itself. */
    private static Map<String, Map<Integer, Integer>> accesses(Program program) {
        CollectedKernels collected = new CollectedKernels();
        collected.add(program);
        Nvrtc compiler = new Nvrtc(Redistributable.libraries(), "sm_90a");
        Map<String, Map<Integer, Integer>> accesses = new TreeMap<>();
        for (List<Source> batch : collected.batches(64)) {
            Cubin cubin = Cubin.read(compiler.compile(batch).bytes());
            for (Source kernel : batch) {
                accesses.put(
                        kernel.text(), cubin.kernel(kernel.name()).orElseThrow().accesses());
            }
        }
        return accesses;
    }

    private static List<Map<Integer, Integer>> of(String entry) {
        Program program = Weft.PASSES.run(dev.weft.models.Program.of("pieces", TEXT)
                .with(Map.of("rows", "4096", "width", "768"))
                .lower(List.of(EntryRequest.of(entry, Map.of()))));
        return new ArrayList<>(accesses(program).values());
    }

    @Test
    void mapsMoveSixteenBytesAtOnce() {
        assertThat(of("gelu")).contains(Map.of(16, 3));
        assertThat(of("halves")).contains(Map.of(16, 2));
    }

    /** Each of 32 lanes has six times four columns: two tensors in, two out, and twice a row of parameters. */
    @Test
    void aNormReadsAndWritesEachTensorOnce() {
        assertThat(of("normed")).contains(Map.of(16, 6 * 6));
    }

    @Test
    void rowsOfTablesAreReadSixteenBytesAtOnce() {
        assertThat(of("gathered")).anySatisfy(kernel -> assertThat(kernel).containsEntry(16, 2));
    }

    /** The kernels that add rows: the numbers of rows and their places are integers of four bytes. */
    @Test
    void rowsAreAddedToTablesSixteenBytesAtOnce() {
        assertThat(of("embedding").stream()
                        .filter(kernel -> kernel.getOrDefault(16, 0) > 2)
                        .toList())
                .hasSize(2);
    }

    /** The optimizer's kernels look everything up in a table of their parts; for two layers there are some thirty tensors. */
    @Test
    void anOptimizerIsAKernelForAllTensorsOfAKind() {
        Map<String, Map<Integer, Integer>> kernels = accesses(Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L)));
        List<Map<Integer, Integer>> updates = kernels.entrySet().stream()
                .filter(kernel -> kernel.getKey().contains("parts_of_blocks")
                        && kernel.getKey().contains("sqrtf"))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(updates).isNotEmpty().hasSizeLessThanOrEqualTo(4).allSatisfy(update -> assertThat(update.get(16))
                .isEqualTo(7));
    }
}
