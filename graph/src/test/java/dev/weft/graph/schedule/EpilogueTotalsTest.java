package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sums of what a contraction gives join it, where tiles can make them. */
class EpilogueTotalsTest {

    @Test
    void theGradientOfABiasComesWithTheProductThatGivesWhatItSums() {
        Graph graph = Cases.graph("%0 \"dy\": f32[4,8], %1 \"w\": f32[8,6], %2 \"a\": f32[4,6]", """
                %3 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,6]
                %4 = mul %3, %2 : f32[4,6]
                %5 = reduce_sum %4 axes=[0] : f32[6]
                """, "%4, %5");

        assertThat(Cases.outline(graph)).isEqualTo("contract (4|6) reads %0 %1 %2 stores %4 %5\n");
    }

    @Test
    void aSumOfSquaresOfAGradientComesWithIt() {
        Graph graph = Cases.graph("%0 \"x\": f32[16,8], %1 \"dy\": f32[16,6]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[8,6]
                %3 = mul %2, %2 : f32[8,6]
                %4 = reduce_sum %3 axes=[0,1] : f32[]
                """, "%2, %4");

        assertThat(Cases.outline(graph)).isEqualTo("contract (8|6) reads %0 %1 stores %2 %4\n");
    }

    @Test
    void aSumOfSquaresStaysApartWhereABackendSaysSo() {
        Graph graph = Cases.graph("%0 \"x\": f32[16,8], %1 \"dy\": f32[16,6]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[8,6]
                %3 = mul %2, %2 : f32[8,6]
                %4 = reduce_sum %3 axes=[0,1] : f32[]
                """, "%2, %4");

        List<Region.Kind> kinds = Schedule.of(graph, FusionModel.STANDARD.withoutTotals()).regions().stream()
                .map(Region::kind)
                .toList();
        assertThat(kinds).containsExactly(Region.Kind.CONTRACT, Region.Kind.MAP);
    }

    @Test
    void notSumsOverOtherAxesThanTheRows() {
        Graph graph = Cases.graph("%0 \"x\": f32[3,4,8], %1 \"w\": f32[8,6]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[2] y_contract=[0] element=f32 : f32[3,4,6]
                %3 = reduce_sum %2 axes=[0] : f32[4,6]
                %4 = reduce_sum %2 axes=[2] : f32[3,4]
                """, "%2, %3, %4");

        assertThat(Cases.outline(graph)).startsWith("contract (3,4|6) reads %0 %1 stores %2\n");
        assertThat(Cases.why(graph, 2, 3)).isEqualTo(Cases.why(graph, 2, 4));
    }

    @Test
    void notWhatIsMadeOfASum() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,8], %1 \"w\": f32[8,6]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,6]
                %3 = reduce_sum %2 axes=[0] : f32[6]
                %4 = broadcast %3 shape=[4,6] axes=[1] : f32[4,6]
                %5 = sub %2, %4 : f32[4,6]
                """, "%5");

        assertThat(Cases.outline(graph)).isEqualTo("""
                contract (4|6) reads %0 %1 stores %2 %3
                map (4,6|) reads %3 %2 stores %5
                """);
    }
}
