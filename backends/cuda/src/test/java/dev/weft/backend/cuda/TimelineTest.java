package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.absent.Counts;
import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.schedule.Schedule;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the parts of an entry began and ended, by marks in the graph that is replayed. */
class TimelineTest {
    private static final Program STEP = Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L));
    private static final CompileOptions TIMED = CompileOptions.DEFAULT.withTimeline();

    private final Arena arena = Arena.ofAuto();

    private Timeline run(Session session) {
        session.run("step", Described.zeros(STEP, "step", arena));
        return session.timeline("step").orElseThrow();
    }

    @Test
    void everyRegionHasItsTimes() {
        try (Backend backend = new HostProvider(Order.FORWARD).open(BackendOptions.defaults());
                Session session = backend.compile(STEP, TIMED)) {
            assertThat(session.timeline("step")).isEmpty();
            run(session);
            Timeline timeline = run(session);

            Schedule schedule = session.schedules().get("step");
            assertThat(timeline.steps().stream()
                            .map(Timeline.Step::region)
                            .filter(region -> region != Timeline.NO_REGION)
                            .distinct())
                    .containsExactlyElementsOf(
                            IntStream.range(0, schedule.regions().size())
                                    .boxed()
                                    .toList());
            assertThat(timeline.steps().getFirst()).isEqualTo(new Timeline.Step("inputs", Timeline.NO_REGION));
            assertThat(timeline.steps())
                    .extracting(Timeline.Step::name)
                    .anyMatch(name -> name.matches("product (\\d+ × )?\\d+ × \\d+ × \\d+ f32(, [A-Z_]+)?"));
            assertThat(timeline.threads()).isOne();
            long before = timeline.begin();
            for (int step = 0; step < timeline.steps().size(); step++) {
                // The device's clock counts milliseconds as f32.
                assertThat(timeline.begin(step, 0) - before).isNotNegative();
                before = timeline.end(step, 0);
                assertThat(before - timeline.begin(step, 0)).isNotNegative();
            }
            assertThat(timeline.end() - before).isZero();
        }
    }

    @Test
    void whoeverDoesNotAskPaysNothing() {
        NullDevice device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            session.run("step", Described.zeros(STEP, "step", arena));
            assertThat(session.timeline("step")).isEmpty();
            assertThatThrownBy(() -> session.timeline("stop")).isInstanceOf(UserException.class);
        }
    }

    /** A device that is only described takes no time; what it is told is one launch of one graph all the same. */
    @Test
    void marksAreAPartOfTheGraph() {
        NullDevice device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(STEP, TIMED)) {
            session.run("step", Described.zeros(STEP, "step", arena));
            Counts before = device.counts();
            session.expect("step", () -> Described.zeros(STEP, "step", arena));
            session.run("step", Described.zeros(STEP, "step", arena));

            assertThat(device.counts().since(before)).isEqualTo(new Counts(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0));
            assertThat(session.timeline("step")).isEmpty();
        }
    }
}
