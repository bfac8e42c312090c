package dev.weft.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Program;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.text.ProgramParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where values go: in place where that is safe, through a copy where it is not. */
class PlanTest {

    private static Plan plan(String text) {
        Program program = ProgramParser.parse("program ops=1\n" + text);
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        program.entries()
                .forEach(entry -> schedules.put(entry.name(), Schedule.of(program.body(entry), FusionModel.STANDARD)));
        return Plan.of(program, schedules);
    }

    private static Step.Run run(Plan plan, String entry, int step) {
        return (Step.Run) plan.entry(entry).steps().get(step);
    }

    @Test
    void stateThatFollowsParametersHasTheirOffsetsAndMatricesComeFirst() {
        Plan plan = plan("""
                stored param "b" : f32[5]
                stored param "w" : f32[4,5]
                stored state "m.b" : f32[5]
                stored state "m.w" : f32[4,5]
                stored state "t" : f32[]
                stored cache "k" : f32[2,3]
                fn @f(%0 "w": f32[4,5]) {
                return %0
                }
                entry f = @f reads ["w"] inputs [] outputs ["y"] writes []
                """);

        assertThat(plan.slabs().stream().map(Slab::name)).containsExactly("params", "m", "state", "caches");
        assertThat(plan.stored("w")).isEqualTo(Location.slab(0, 0, 80));
        assertThat(plan.stored("b")).isEqualTo(Location.slab(0, 128, 20));
        assertThat(plan.stored("m.w").offset()).isEqualTo(plan.stored("w").offset());
        assertThat(plan.stored("m.b").offset()).isEqualTo(plan.stored("b").offset());
        assertThat(plan.peakBytes(7)).isEqualTo(192 + 192 + 64 + 64 + plan.arenaBytes() + 7);
    }

    @Test
    void anOptimizerUpdatesInPlace() {
        Plan plan = plan("""
                stored param "w" : f32[4,5]
                stored state "m.w" : f32[4,5]
                fn @f(%0 "w": f32[4,5], %1 "m": f32[4,5], %2 "g": f32[4,5], %3 "lr": f32[]) {
                  %4 = add %1, %2 : f32[4,5]
                  %5 = broadcast %3 shape=[4,5] axes=[] : f32[4,5]
                  %6 = mul %4, %5 : f32[4,5]
                  %7 = sub %0, %6 : f32[4,5]
                return %4, %7
                }
                entry step = @f reads ["w", "m.w"] inputs ["g", "lr"] outputs [] writes ["m.w", "w"]
                """);

        assertThat(plan.entry("step").steps()).hasSize(1);
        assertThat(run(plan, "step", 0).outputs()).containsExactly(plan.stored("m.w"), plan.stored("w"));
        assertThat(plan.arenaBytes()).isZero();
    }

    @Test
    void aCacheIsUpdatedInPlaceAndReadThere() {
        Plan plan = plan("""
                stored cache "k" : f32[8,4]
                fn @f(%0 "k": f32[8,4], %1 "new": f32[1,4], %2 "at": i32[], %3 "q": f32[1,4]) {
                  %4 = dynamic_update %0, %1, %2 axis=0 : f32[8,4]
                  %5 = dot_general %3, %4 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[1,8]
                return %5, %4
                }
                entry step = @f reads ["k"] inputs ["new", "at", "q"] outputs ["y"] writes ["k"]
                """);

        Location cache = plan.stored("k");
        assertThat(run(plan, "step", 0).inputs().getFirst()).isEqualTo(cache);
        assertThat(run(plan, "step", 0).outputs()).containsExactly(cache);
        assertThat(run(plan, "step", 1).inputs()).contains(cache);
        assertThat(plan.entry("step").steps()).hasSize(2);
    }

    @Test
    void aStoredTensorThatIsReadLaterIsWrittenAtTheEnd() {
        Plan plan = plan("""
                stored state "s" : f32[4,4]
                fn @f(%0 "s": f32[4,4]) {
                  %1 = neg %0 : f32[4,4]
                  %2 = dot_general %1, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,4]
                return %2, %1
                }
                entry f = @f reads ["s"] inputs [] outputs ["y"] writes ["s"]
                """);

        assertThat(run(plan, "f", 0).outputs()).containsExactly(Location.arena(0, 64));
        assertThat(plan.entry("f").steps().getLast()).isEqualTo(new Step.Copy(Location.arena(0, 64), plan.stored("s")));
    }

    @Test
    void aSwapGoesThroughTheArena() {
        Plan plan = plan("""
                stored state "a" : f32[4]
                stored state "b" : f32[4]
                fn @f(%0 "a": f32[4], %1 "b": f32[4]) {
                return %1, %0
                }
                entry swap = @f reads ["a", "b"] inputs [] outputs [] writes ["a", "b"]
                """);

        assertThat(plan.entry("swap").steps())
                .containsExactly(
                        new Step.Copy(plan.stored("b"), Location.arena(0, 16)),
                        new Step.Copy(plan.stored("a"), Location.arena(64, 16)),
                        new Step.Copy(Location.arena(0, 16), plan.stored("a")),
                        new Step.Copy(Location.arena(64, 16), plan.stored("b")));
    }

    @Test
    void aReadThatComesAfterTheWriteAtAnotherPlaceForbidsToOverwrite() {
        Plan plan = plan("""
                stored state "s" : f32[4,4]
                fn @f(%0 "s": f32[4,4]) {
                  %1 = permute %0 axes=[1,0] : f32[4,4]
                  %2 = add %0, %1 : f32[4,4]
                return %2
                }
                entry f = @f reads ["s"] inputs [] outputs [] writes ["s"]
                """);

        assertThat(run(plan, "f", 0).outputs()).containsExactly(Location.arena(0, 64));
    }

    @Test
    void anOutputBeforeTheLastLoopOverARowDoesNotOverwriteWhatThatLoopReads() {
        String text = """
                stored state "s" : f32[4,4]
                fn @f(%0 "s": f32[4,4]) {
                  %1 = add %0, %0 : f32[4,4]
                  %2 = reduce_max %0 axes=[1] : f32[4]
                  %3 = broadcast %2 shape=[4,4] axes=[0] : f32[4,4]
                  %4 = sub %0, %3 : f32[4,4]
                return OUT
                }
                entry f = @f reads ["s"] inputs [] outputs ["y"] writes ["s"]
                """;

        assertThat(run(plan(text.replace("OUT", "%4, %1")), "f", 0).outputs()).contains(Location.arena(0, 64));
        Plan last = plan(text.replace("OUT", "%1, %4"));
        assertThat(run(last, "f", 0).outputs()).contains(last.stored("s"));
    }

    @Test
    void transientsShareTheArenaAndDieInPlace() {
        Plan plan = plan("""
                fn @f(%0 "x": f32[16,16]) {
                  %1 = dot_general %0, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[16,16]
                  %2 = reduce_max %1 axes=[1] : f32[16]
                  %3 = broadcast %2 shape=[16,16] axes=[0] : f32[16,16]
                  %4 = sub %1, %3 : f32[16,16]
                  %5 = dot_general %4, %4 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[16,16]
                  %6 = dot_general %5, %5 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[16,16]
                return %6
                }
                entry f = @f reads [] inputs ["x"] outputs ["y"] writes []
                """);

        List<Step> steps = plan.entry("f").steps();
        assertThat(((Step.Run) steps.get(1)).outputs()).isEqualTo(((Step.Run) steps.get(0)).outputs());
        assertThat(plan.arenaBytes()).isEqualTo(2 * 16 * 16 * 4);
        assertThat(((Step.Run) steps.get(3)).outputs()).containsExactly(Location.output(0, 1024));
    }

    @Test
    void anEpilogueOverwritesWhatItAddsButTheProductItselfDoesNot() {
        String text = """
                stored state "s" : f32[4,4]
                fn @f(%0 "s": f32[4,4], %1 "x": f32[4,4]) {
                  %2 = dot_general %1, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,4]
                  %3 = add %2, %0 : f32[4,4]
                return OUT
                }
                entry f = @f reads ["s"] inputs ["x"] outputs ["y"] writes ["s"]
                """;

        Plan sum = plan(text.replace("OUT", "%2, %3"));
        assertThat(run(sum, "f", 0).outputs()).containsExactly(Location.output(0, 64), sum.stored("s"));
        assertThat(sum.entry("f").steps()).hasSize(1);
        Plan product = plan(text.replace("OUT", "%3, %2"));
        assertThat(run(product, "f", 0).outputs()).doesNotContain(product.stored("s"));
    }
}
