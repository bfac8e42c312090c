package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.text.ProgramPrinter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a loss leaves in memory for its gradients, and why. */
class KeptTest {

    private static List<String> kept(Graph graph) {
        Map<Value, Integer> numbers = ProgramPrinter.numbers(graph);
        Schedule schedule = Schedule.of(graph, FusionModel.STANDARD);
        return Kept.of(schedule, FusionModel.STANDARD, graph.results().getFirst()).stream()
                .map(each -> "%%%d by %s for %s: %s"
                        .formatted(
                                numbers.get(each.value()),
                                schedule.regions().get(each.home()).kind(),
                                each.readers().stream()
                                        .map(reader ->
                                                schedule.regions().get(reader).kind())
                                        .toList(),
                                each.reason()))
                .toList();
    }

    @Test
    void aProductAndWhatAnotherProductReads() {
        Graph graph = Cases.graph("%0 \"x\": f32[6,4], %1 \"w\": f32[4,8], %2 \"v\": f32[8,4]", """
                %3 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,8]
                %4 = tanh %3 : f32[6,8]
                %5 = dot_general %4, %2 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,4]
                %6 = reduce_sum %5 axes=[0,1] : f32[]
                %7 = broadcast %6 shape=[6,4] axes=[] : f32[6,4]
                %8 = mul %5, %7 : f32[6,4]
                %9 = dot_general %4, %8 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[8,4]
                """, "%6, %9");

        assertThat(kept(graph))
                .containsExactly(
                        "%4 by contract for [contract]: a product reads it, and takes its operands from memory",
                        "%5 by contract for [map]: dot_general: a product is never computed twice",
                        "%6 by contract for [map]: reduce_sum: a reduction is never computed twice");
    }

    @Test
    void nothingWhereNothingFollowsTheResult() {
        Graph graph = Cases.graph("%0 \"x\": f32[6,4]", """
                %1 = tanh %0 : f32[6,4]
                %2 = reduce_sum %1 axes=[0,1] : f32[]
                """, "%2");

        assertThat(kept(graph)).isEmpty();
    }
}
