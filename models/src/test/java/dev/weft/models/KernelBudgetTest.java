package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many regions one more layer of a model adds to its loss, and to the gradient of that; and what an optimizer adds. */
class KernelBudgetTest {

    private static final FusionModel STREAMS =
            FusionModel.STANDARD.withStreams(FusionModel.Streams.STANDARD).withJoins();

    private static Schedule schedule(String model, int layers, String entry, FusionModel fusion) {
        Map<String, String> constants =
                Map.of("layers", Integer.toString(layers), "width", "32", "heads", "4", "context", "16", "vocab", "67");
        var lowered = Program.load(model)
                .with(constants)
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of(entry, Map.of("B", 2L, "T", 16L))));
        var compiled = Weft.PASSES.run(lowered);
        return Schedule.of(compiled.body(compiled.entry(entry)), fusion);
    }

    private static int perLayer(String model, String entry, FusionModel fusion) {
        return schedule(model, 4, entry, fusion).regions().size()
                - schedule(model, 3, entry, fusion).regions().size();
    }

    @ParameterizedTest
    @CsvSource({"gpt, 7, 14", "llama, 12, 21"})
    void aLayer(String model, int mostForward, int mostBackward) {
        int forward = perLayer(model, "evaluate", STREAMS);
        int both = perLayer(model, "step", STREAMS);

        assertThat(forward).as("forward").isLessThanOrEqualTo(mostForward);
        assertThat(both - forward).as("backward").isLessThanOrEqualTo(mostBackward);
    }

    /** Attention is then 4 regions forward where it is one with streams, and 5 backward. */
    @ParameterizedTest
    @CsvSource({"gpt, 10, 17", "llama, 19, 36"})
    void aLayerWithoutStreams(String model, int mostForward, int mostBackward) {
        int forward = perLayer(model, "evaluate", FusionModel.STANDARD);
        int both = perLayer(model, "step", FusionModel.STANDARD);

        assertThat(forward).as("forward").isLessThanOrEqualTo(mostForward);
        assertThat(both - forward).as("backward").isLessThanOrEqualTo(mostBackward);
    }

    @ParameterizedTest
    @CsvSource({"gpt", "llama"})
    void theOptimizerIsAFewLoopsHoweverManyLayers(String model) {
        for (int layers : new int[] {3, 4}) {
            List<Region> regions = schedule(model, layers, "step", STREAMS).regions();
            long tensors =
                    regions.stream().mapToLong(region -> region.parts().size()).sum();
            int first = regions.indexOf(regions.stream()
                    .filter(region -> !region.parts().isEmpty())
                    .findFirst()
                    .orElseThrow());
            assertThat(tensors).as("tensors in loops").isGreaterThan(20);
            assertThat(regions.size() - first)
                    .as("regions from the first loop on")
                    .isLessThanOrEqualTo(8);
        }
    }

    @Test
    void moreLayersNeedNoOtherKernels() {
        assertThat(schedule("gpt", 4, "step", STREAMS).kernels())
                .isEqualTo(schedule("gpt", 3, "step", STREAMS).kernels());
    }
}
