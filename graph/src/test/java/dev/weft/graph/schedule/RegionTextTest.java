package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which regions are one kernel. */
class RegionTextTest {

    private static Region region(String names, String stream, String label) {
        Graph graph = Cases.graph(
                names + ", %2 \"seed\": i32[]", """
                %3 = random %2, %2 stream="STREAM" shape=[4LABEL,8] : f32[4,8]
                %4 = lt %3, %0 : bool[4,8]
                %5 = select %4, %0, %1 : f32[4,8]
                """.replace("STREAM", stream).replace("LABEL", label), "%5");
        List<Region> regions = Schedule.of(graph, FusionModel.STANDARD).regions();
        assertThat(regions).hasSize(1);
        return regions.getFirst();
    }

    @Test
    void namesLabelsAndStreamsAreNotPartOfAKernel() {
        RegionText one = RegionText.of(region("%0 \"a\": f32[4:B,8], %1 \"b\": f32[4:B,8]", "blocks.0.drop", ":B"));
        RegionText other = RegionText.of(region("%0 \"c\": f32[4,8], %1 \"d\": f32[4,8]", "blocks.1.drop", ""));

        assertThat(one.text()).isEqualTo(other.text());
        assertThat(one.hash()).isEqualTo(other.hash());
        assertThat(one.streams()).containsExactly("blocks.0.drop");
        assertThat(other.streams()).containsExactly("blocks.1.drop");
    }

    @Test
    void layersOfOneShapeAreOneSetOfKernels() {
        assertThat(kernels(3)).isEqualTo(kernels(12));
    }

    private static int kernels(int layers) {
        StringBuilder lines = new StringBuilder();
        int x = 0;
        int next = 3;
        for (int layer = 0; layer < layers; layer++) {
            lines.append("%%%d = constant element=f32 value=0.5 : f32[]\n".formatted(next));
            lines.append("%%%d = broadcast %%%d shape=[4,4] axes=[] : f32[4,4]\n".formatted(next + 1, next));
            lines.append(
                    "%%%d = dot_general %%%d, %%1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,4]\n"
                            .formatted(next + 2, x));
            lines.append("%%%d = mul %%%d, %%%d : f32[4,4]\n".formatted(next + 3, next + 2, next + 1));
            lines.append("%%%d = reduce_max %%%d axes=[1] : f32[4]\n".formatted(next + 4, next + 3));
            lines.append("%%%d = broadcast %%%d shape=[4,4] axes=[0] : f32[4,4]\n".formatted(next + 5, next + 4));
            lines.append("%%%d = sub %%%d, %%%d : f32[4,4]\n".formatted(next + 6, next + 3, next + 5));
            x = next + 6;
            next += 7;
        }
        Graph graph =
                Cases.graph("%0 \"x\": f32[4,4], %1 \"w\": f32[4,4], %2 \"b\": f32[4]", lines.toString(), "%" + x);
        Schedule schedule = Schedule.of(graph, FusionModel.STANDARD);
        assertThat(schedule.regions()).hasSize(2 * layers);
        return schedule.kernels();
    }
}
