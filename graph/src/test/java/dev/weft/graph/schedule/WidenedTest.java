package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Right operands that a product restores from fewer bits, and what of them a schedule stores. */
class WidenedTest {

    private static final FusionModel WIDENS = FusionModel.STANDARD.withWidening();

    private static final String HELD = "%0 \"x\": f32[3,130], %1 \"q\": i8[5,130], %2 \"scale\": f32[5,3]";
    private static final String RESTORED = """
            %3 = cast %1 element=f32 : f32[5,130]
            %4 = broadcast %2 shape=[5,3,64] axes=[0,1] : f32[5,3,64]
            %5 = reshape %4 shape=[5,192] : f32[5,192]
            %6 = slice %5 starts=[0,0] limits=[5,130] strides=[1,1] : f32[5,130]
            %7 = mul %3, %6 : f32[5,130]
            """;
    private static final String PRODUCT = """
            %8 = dot_general %0, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,5]
            """;

    /** Numbers with a product, and what else reads them. */
    private static Graph held(String more, String results) {
        return Cases.graph(HELD, RESTORED + PRODUCT + more, results);
    }

    private static String outline(Graph graph) {
        return Cases.outline(Schedule.of(graph, WIDENS));
    }

    @Test
    void numbersAndTheScalesOfTheirGroups() {
        Graph graph = held("", "%8");

        assertThat(Widened.of(Cases.value(graph, 7)))
                .contains(new Widened(Cases.value(graph, 7), Cases.value(graph, 1), Cases.value(graph, 2), 64));
        assertThat(Widened.of(Cases.value(graph, 3)))
                .contains(new Widened(Cases.value(graph, 3), Cases.value(graph, 1), null, 130));
        for (int other : new int[] {0, 1, 2, 4, 5, 6, 8}) {
            assertThat(Widened.of(Cases.value(graph, other))).as("%%%d", other).isEmpty();
        }
    }

    @Test
    void roundedToBf16AtLast() {
        Graph graph = Cases.graph(HELD.replace("f32[3,130]", "bf16[3,130]"), RESTORED + """
                %8 = cast %7 element=bf16 : bf16[5,130]
                %9 = dot_general %0, %8 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,5]
                """, "%9");

        assertThat(Widened.of(Cases.value(graph, 8)))
                .contains(new Widened(Cases.value(graph, 8), Cases.value(graph, 1), Cases.value(graph, 2), 64));
        assertThat(outline(graph)).isEqualTo("contract (3|5) reads %1 %2 %0 stores %9\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Not from the first element on.
                """
                %6 = slice %5 starts=[0,1] limits=[5,131] strides=[1,1] : f32[5,130]
                %7 = mul %3, %6 : f32[5,130]
                """,
                // Scales that are computed.
                """
                %6 = exp %2 : f32[5,3]
                %7 = broadcast %6 shape=[5,3,64] axes=[0,1] : f32[5,3,64]
                %8 = reshape %7 shape=[5,192] : f32[5,192]
                %9 = slice %8 starts=[0,0] limits=[5,130] strides=[1,1] : f32[5,130]
                %10 = mul %3, %9 : f32[5,130]
                """,
                // Numbers that are computed.
                """
                %6 = tanh %3 : f32[5,130]
                """
            })
    void anythingElseIsNone(String lines) {
        String start = RESTORED.substring(0, RESTORED.indexOf("%6"));
        Graph graph = Cases.graph(HELD, start + lines, "%0");

        assertThat(Widened.of(graph.values().getLast())).isEmpty();
    }

    /** Kernels know groups of 64 neighbours, and rows that are one shorter group. */
    @ParameterizedTest
    @CsvSource({"5,26,false", "2,65,false", "1,130,false", "2,64,true", "1,64,true", "1,26,true"})
    void groupsOfOtherSizesAreNone(long groups, long group, boolean isKnown) {
        long depth = groups * group;
        Graph graph = Cases.graph(
                "%%0 \"q\": i8[5,%d], %%1 \"scale\": f32[5,%d]".formatted(depth, groups),
                """
                %%2 = cast %%0 element=f32 : f32[5,%1$d]
                %%3 = broadcast %%1 shape=[5,%2$d,%3$d] axes=[0,1] : f32[5,%2$d,%3$d]
                %%4 = reshape %%3 shape=[5,%1$d] : f32[5,%1$d]
                %%5 = mul %%2, %%4 : f32[5,%1$d]
                """.formatted(depth, groups, group),
                "%5");

        assertThat(Widened.of(Cases.value(graph, 5)).isPresent()).isEqualTo(isKnown);
    }

    @Test
    void theProductReadsNumbersWhereItWidensAndWhatIsRestoredElsewhere() {
        Graph graph = held("", "%8");

        assertThat(outline(graph)).isEqualTo("contract (3|5) reads %1 %2 %0 stores %8\n");
        assertThat(Cases.outline(graph)).isEqualTo("""
                map (5,130|) reads %1 %2 stores %7
                contract (3|5) reads %0 %7 stores %8
                """);
    }

    @Test
    void twoProductsRestoreItTwice() {
        Graph graph = held("""
                %9 = tanh %0 : f32[3,130]
                %10 = dot_general %9, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,5]
                """, "%8, %10");

        assertThat(outline(graph)).doesNotContain("stores %7").contains("reads %1 %2 %0 stores %8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Arithmetic.
                "%9 = exp %7 : f32[5,130]",
                // A left operand.
                "%9 = dot_general %7, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[5,3]",
                // Both.
                "%9 = dot_general %7, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[5,5]",
                // Summed over its rows.
                "%9 = dot_general %8, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[3,130]"
            })
    void whatOthersReadIsStored(String reader) {
        assertThat(outline(held(reader + "\n", "%8, %9"))).contains("contract (3|5) reads %0 %7 stores %8\n");
    }

    @Test
    void aResultIsStored() {
        assertThat(outline(held("", "%7, %8"))).isEqualTo("""
                map (5,130|) reads %1 %2 stores %7
                contract (3|5) reads %0 %7 stores %8
                """);
    }

    /** Arithmetic on scalars is repeated where it is needed, but a product that does not widen reads memory. */
    @Test
    void oneNumberIsRestoredAsAMatrixIs() {
        Graph graph = Cases.graph("%0 \"x\": f32[3,1], %1 \"q\": i8[1,1]", """
                %2 = cast %1 element=f32 : f32[1,1]
                %3 = dot_general %0, %2 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,1]
                """, "%3");

        assertThat(outline(graph)).isEqualTo("contract (3|1) reads %1 %0 stores %3\n");
        assertThat(Cases.outline(graph)).isEqualTo("""
                map (1,1|) reads %1 stores %2
                contract (3|1) reads %0 %2 stores %3
                """);
    }

    @Test
    void oneNumberThatIsSummedOverItsRowsIsStored() {
        Graph graph = Cases.graph("%0 \"x\": f32[3,1], %1 \"q\": i8[1,1]", """
                %2 = cast %1 element=f32 : f32[1,1]
                %3 = dot_general %0, %2 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[3,1]
                """, "%3");

        assertThat(outline(graph)).isEqualTo("""
                map (1,1|) reads %1 stores %2
                contract (3|1) reads %0 %2 stores %3
                """);
    }
}
