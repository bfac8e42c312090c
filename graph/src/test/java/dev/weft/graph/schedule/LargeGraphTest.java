package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Long chains need no deep stack. */
class LargeGraphTest {

    private static final int LENGTH = 10_000;

    @Test
    void aLongChainOnASmallStack() throws Exception {
        GraphBuilder builder = new GraphBuilder("chain");
        Value x = builder.parameter("x", TensorType.of(ElementType.F32, 3, 4));
        for (int i = 0; i < LENGTH; i++) {
            x = builder.add(i % 3 == 0 ? new Tanh(x) : new Add(x, x));
        }
        Value moved = x;
        for (int i = 0; i < LENGTH; i++) {
            moved = builder.add(new Permute(moved, List.of(1, 0)));
        }
        Graph graph = builder.build(List.of(x, moved));

        FutureTask<Schedule> task = new FutureTask<>(() -> {
            Schedule schedule = Schedule.of(graph, FusionModel.STANDARD);
            ScheduleVerifier.verify(schedule);
            return ScheduleText.parse(ScheduleText.print(schedule), graph);
        });
        Thread thread = new Thread(null, task, "small stack", 256 << 10);
        thread.start();
        assertThat(task.get().regions()).hasSizeLessThan(LENGTH);
        thread.join();
    }
}
