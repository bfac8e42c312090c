package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;

/** What becomes one map region, and what does not. */
class MapFusionTest {

    @Test
    void residualAndNorm() {
        Graph graph = Cases.graph("""
                %0 "x": f32[4,8], %1 "y": f32[4,8], %2 "w": f32[8]\
                """, """
                %3 = add %0, %1 : f32[4,8]
                %4 = mul %3, %3 : f32[4,8]
                %5 = reduce_sum %4 axes=[1] : f32[4]
                %6 = sqrt %5 : f32[4]
                %7 = broadcast %6 shape=[4,8] axes=[0] : f32[4,8]
                %8 = div %3, %7 : f32[4,8]
                %9 = broadcast %2 shape=[4,8] axes=[1] : f32[4,8]
                %10 = mul %8, %9 : f32[4,8]
                """, "%3, %10");

        assertThat(Cases.outline(graph)).isEqualTo("map (4|8) reads %0 %1 %2 stores %3 %10\n");
    }

    @Test
    void maskedSoftmaxOverRowsOfHigherRank() {
        Graph graph = Cases.graph("%0 \"s\": f32[2,3,4,4]", """
                %1 = iota shape=[4,4] axis=1 element=i32 : i32[4,4]
                %2 = iota shape=[4,4] axis=0 element=i32 : i32[4,4]
                %3 = le %1, %2 : bool[4,4]
                %4 = broadcast %3 shape=[2,3,4,4] axes=[2,3] : bool[2,3,4,4]
                %5 = constant element=f32 value=-inf : f32[]
                %6 = broadcast %5 shape=[2,3,4,4] axes=[] : f32[2,3,4,4]
                %7 = select %4, %0, %6 : f32[2,3,4,4]
                %8 = reduce_max %7 axes=[3] : f32[2,3,4]
                %9 = broadcast %8 shape=[2,3,4,4] axes=[0,1,2] : f32[2,3,4,4]
                %10 = sub %7, %9 : f32[2,3,4,4]
                %11 = exp %10 : f32[2,3,4,4]
                %12 = reduce_sum %11 axes=[3] : f32[2,3,4]
                %13 = broadcast %12 shape=[2,3,4,4] axes=[0,1,2] : f32[2,3,4,4]
                %14 = div %11, %13 : f32[2,3,4,4]
                """, "%14");

        assertThat(Cases.outline(graph)).isEqualTo("map (2,3,4|4) reads %0 stores %14\n");
    }

    @Test
    void crossEntropyForwardAndBackward() {
        Graph graph = Cases.graph("""
                %0 "logits": f32[6,10], %1 "targets": i32[6], %2 "weight": f32[6]\
                """, """
                %3 = reduce_max %0 axes=[1] : f32[6]
                %4 = broadcast %3 shape=[6,10] axes=[0] : f32[6,10]
                %5 = sub %0, %4 : f32[6,10]
                %6 = exp %5 : f32[6,10]
                %7 = reduce_sum %6 axes=[1] : f32[6]
                %8 = iota shape=[6,10] axis=1 element=i32 : i32[6,10]
                %9 = broadcast %1 shape=[6,10] axes=[0] : i32[6,10]
                %10 = eq %8, %9 : bool[6,10]
                %11 = constant element=f32 value=0.0 : f32[]
                %12 = broadcast %11 shape=[6,10] axes=[] : f32[6,10]
                %13 = select %10, %5, %12 : f32[6,10]
                %14 = reduce_sum %13 axes=[1] : f32[6]
                %15 = log %7 : f32[6]
                %16 = sub %15, %14 : f32[6]
                %17 = mul %16, %2 : f32[6]
                %18 = reduce_sum %17 axes=[0] : f32[]
                %19 = div %2, %7 : f32[6]
                %20 = broadcast %19 shape=[6,10] axes=[0] : f32[6,10]
                %21 = mul %6, %20 : f32[6,10]
                %22 = broadcast %2 shape=[6,10] axes=[0] : f32[6,10]
                %23 = select %10, %22, %12 : f32[6,10]
                %24 = sub %21, %23 : f32[6,10]
                """, "%18, %24");

        assertThat(Cases.outline(graph)).isEqualTo("map (6|10) reads %0 %1 %2 stores %18 %24\n");
    }

    @Test
    void normBackwardWithItsParameterGradients() {
        Graph graph = Cases.graph("""
                %0 "dy": f32[2,3,8], %1 "xhat": f32[2,3,8], %2 "rstd": f32[2,3], %3 "w": f32[8]\
                """, """
                %4 = reduce_sum %0 axes=[0,1] : f32[8]
                %5 = mul %0, %1 : f32[2,3,8]
                %6 = reduce_sum %5 axes=[0,1] : f32[8]
                %7 = broadcast %3 shape=[2,3,8] axes=[2] : f32[2,3,8]
                %8 = mul %0, %7 : f32[2,3,8]
                %9 = reduce_sum %8 axes=[2] : f32[2,3]
                %10 = mul %8, %1 : f32[2,3,8]
                %11 = reduce_sum %10 axes=[2] : f32[2,3]
                %12 = broadcast %9 shape=[2,3,8] axes=[0,1] : f32[2,3,8]
                %13 = broadcast %11 shape=[2,3,8] axes=[0,1] : f32[2,3,8]
                %14 = mul %1, %13 : f32[2,3,8]
                %15 = sub %8, %12 : f32[2,3,8]
                %16 = sub %15, %14 : f32[2,3,8]
                %17 = broadcast %2 shape=[2,3,8] axes=[0,1] : f32[2,3,8]
                %18 = mul %16, %17 : f32[2,3,8]
                """, "%4, %6, %18");

        assertThat(Cases.outline(graph)).isEqualTo("map (2,3|8) reads %0 %1 %3 %2 stores %4 %6 %18\n");
    }

    @Test
    void anOptimizerStepWithScalarsComputedOnTheSpot() {
        Graph graph = Cases.graph("""
                %0 "w": f32[5,7], %1 "g": f32[5,7], %2 "m": f32[5,7], %3 "lr": f32[], %4 "t": f32[]\
                """, """
                %5 = constant element=f32 value=0.9 : f32[]
                %6 = broadcast %5 shape=[5,7] axes=[] : f32[5,7]
                %7 = mul %2, %6 : f32[5,7]
                %8 = add %7, %1 : f32[5,7]
                %9 = pow %5, %4 : f32[]
                %10 = constant element=f32 value=1.0 : f32[]
                %11 = sub %10, %9 : f32[]
                %12 = div %3, %11 : f32[]
                %13 = broadcast %12 shape=[5,7] axes=[] : f32[5,7]
                %14 = mul %8, %13 : f32[5,7]
                %15 = sub %0, %14 : f32[5,7]
                """, "%8, %15");

        assertThat(Cases.outline(graph)).isEqualTo("map (5,7|) reads %2 %1 %4 %3 %0 stores %8 %15\n");
    }

    @Test
    void aSumOfSquaresIsFinishedBeforeItScales() {
        Graph graph = Cases.graph("%0 \"g\": f32[5,7]", """
                %1 = mul %0, %0 : f32[5,7]
                %2 = reduce_sum %1 axes=[0,1] : f32[]
                %3 = sqrt %2 : f32[]
                %4 = broadcast %3 shape=[5,7] axes=[] : f32[5,7]
                %5 = div %0, %4 : f32[5,7]
                """, "%5");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (5,7|) reads %0 stores %2
                        map (5,7|) reads %2 %0 stores %5
                        """);
        assertThat(Cases.why(graph, 2, 5)).isEqualTo("a full reduction is complete only when its region ends");
    }

    @Test
    void aColumnReductionIsNotReadInItsRegion() {
        Graph graph = Cases.graph("%0 \"x\": f32[5,7]", """
                %1 = exp %0 : f32[5,7]
                %2 = reduce_sum %1 axes=[0] : f32[7]
                %3 = broadcast %2 shape=[5,7] axes=[1] : f32[5,7]
                %4 = div %1, %3 : f32[5,7]
                """, "%4");

        assertThat(Cases.why(graph, 2, 4)).isEqualTo("a column reduction is complete only when its region ends");
    }

    @Test
    void rowsOfTwoLengthsAreTwoRegions() {
        Graph graph = Cases.graph("%0 \"x\": f32[5,7,3]", """
                %1 = exp %0 : f32[5,7,3]
                %2 = reduce_sum %1 axes=[2] : f32[5,7]
                %3 = reduce_sum %1 axes=[1,2] : f32[5]
                """, "%2, %3");

        FusionModel standard = FusionModel.STANDARD;
        Schedule schedule = Schedule.of(graph, standard.withRecompute(0));
        assertThat(Cases.outline(schedule)).hasLineCount(2);
        assertThat(schedule.whyNotFused(Cases.value(graph, 1), Cases.value(graph, 3)))
                .contains("rows of 3 and of 21 elements");
    }

    @Test
    void aReductionInTheMiddleIsAlone() {
        Graph graph = Cases.graph("%0 \"x\": f32[5,7,3]", """
                %1 = exp %0 : f32[5,7,3]
                %2 = reduce_sum %1 axes=[1] : f32[5,3]
                """, "%2");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (5,7,3|) reads %0 stores %1
                        map (5,3|7) reads %1 stores %2
                        """);
    }

    @Test
    void whatIsReadAtAnotherPlaceIsStored() {
        Graph graph = Cases.graph("%0 \"x\": f32[5,7]", """
                %1 = exp %0 : f32[5,7]
                %2 = permute %1 axes=[1,0] : f32[7,5]
                %3 = neg %2 : f32[7,5]
                """, "%3");

        assertThat(Cases.why(graph, 1, 3)).isEqualTo("it is read at another place than it is computed (general)");
    }

    @Test
    void movementOfAnInputIsOnlyAnIndex() {
        Graph graph = Cases.graph("%0 \"x\": f32[5,7], %1 \"y\": f32[7,5]", """
                %2 = permute %0 axes=[1,0] : f32[7,5]
                %3 = add %2, %1 : f32[7,5]
                %4 = reshape %3 shape=[35] : f32[35]
                %5 = exp %4 : f32[35]
                """, "%5");

        assertThat(Cases.outline(graph)).isEqualTo("map (7,5|) reads %0 %1 stores %5\n");
    }

    @Test
    void noCycleArises() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,4]", """
                %1 = exp %0 : f32[4,4]
                %2 = dot_general %1, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,4]
                %3 = reduce_sum %2 axes=[1] : f32[4]
                %4 = broadcast %3 shape=[4,4] axes=[0] : f32[4,4]
                %5 = tanh %1 : f32[4,4]
                %6 = add %5, %4 : f32[4,4]
                """, "%6");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (4,4|) reads %0 stores %1
                        contract (4|4) reads %1 stores %2
                        map (4|4) reads %1 %2 stores %6
                        """);
        assertThat(Cases.why(graph, 1, 5)).isEqualTo("a region between them needs the one and is needed by the other");
    }

    @Test
    void whatAReaderHasAtHandIsRepeatedThere() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,4]", """
                %1 = neg %0 : f32[4,4]
                %2 = dot_general %1, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,4]
                %3 = reduce_sum %2 axes=[1] : f32[4]
                %4 = broadcast %3 shape=[4,4] axes=[0] : f32[4,4]
                %5 = mul %1, %4 : f32[4,4]
                %6 = add %0, %5 : f32[4,4]
                """, "%6");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (4,4|) reads %0 stores %1
                        contract (4|4) reads %1 stores %2
                        map (4|4) reads %0 %2 stores %6
                        """);
    }

    @Test
    void longArithmeticIsStoredAndNotRepeated() {
        String lines = """
                %1 = tanh %0 : f32[4,4]
                %2 = tanh %1 : f32[4,4]
                %3 = tanh %2 : f32[4,4]
                %4 = reduce_sum %3 axes=[0,1] : f32[]
                %5 = broadcast %4 shape=[4,4] axes=[] : f32[4,4]
                %6 = mul FROM, %5 : f32[4,4]
                """;
        Graph once = Cases.graph("%0 \"x\": f32[4,4]", lines.replace("FROM", "%1"), "%6");
        Graph thrice = Cases.graph("%0 \"x\": f32[4,4]", lines.replace("FROM", "%3"), "%6");

        assertThat(Cases.outline(once)).endsWith("map (4,4|) reads %0 %4 stores %6\n");
        assertThat(Cases.outline(thrice)).endsWith("map (4,4|) reads %4 %3 stores %6\n");
    }

    @Test
    void withoutAModelEveryValueIsARegion() {
        Graph graph = Cases.graph("%0 \"x\": f32[4]", """
                %1 = constant element=f32 value=2.0 : f32[]
                %2 = broadcast %1 shape=[4] axes=[] : f32[4]
                %3 = mul %0, %2 : f32[4]
                """, "%3");

        assertThat(Cases.outline(Schedule.of(graph, FusionModel.NONE))).isEqualTo("""
                        map (|) reads stores %1
                        map (4|) reads %1 stores %2
                        map (4|) reads %0 %2 stores %3
                        """);
    }
}
