package dev.weft.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.text.ProgramParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Work is made once for regions that differ in nothing but their values, and anew where anything else differs. */
class AlikeRegionsTest {

    /**
     * What the steps of the only entry become.
     *
     * @param models the regions that work was made for
     */
    private record Made(Schedule schedule, List<Step.Run> steps, List<AlikeRegions.Made<Integer>> made, int models) {

        static Made of(String text, Function<Value, ?> told) {
            Program program = ProgramParser.parse("program ops=1\n" + text);
            Entry entry = program.entries().iterator().next();
            Schedule schedule = Schedule.of(program.body(entry), FusionModel.STANDARD);
            Plan plan = Plan.of(program, Map.of(entry.name(), schedule));
            AlikeRegions<Integer> alike = new AlikeRegions<>(told);
            List<Region> models = new ArrayList<>();
            List<Step.Run> steps = new ArrayList<>();
            List<AlikeRegions.Made<Integer>> made = new ArrayList<>();
            for (Step step : plan.entry(entry.name()).steps()) {
                Step.Run run = (Step.Run) step;
                steps.add(run);
                made.add(alike.of(schedule.regions().get(run.region()), run, (region, places) -> {
                    models.add(region);
                    return models.size();
                }));
            }
            return new Made(schedule, steps, made, models.size());
        }

        static Made of(String text) {
            return of(text, input -> true);
        }
    }

    /** Three layers of a product and what follows it; {@code second} is the middle one's activation. */
    private static String layers(String second) {
        return """
                fn @f(%%0 "x": f32[4,8], %%1 "a": f32[8,8], %%2 "b": f32[8,8], %%3 "c": f32[8,8]) {
                  %%4 = dot_general %%0, %%1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,8]
                  %%5 = tanh %%4 : f32[4,8]
                  %%6 = dot_general %%5, %%2 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,8]
                  %%7 = %s %%6 : f32[4,8]
                  %%8 = dot_general %%7, %%3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,8]
                  %%9 = tanh %%8 : f32[4,8]
                return %%5, %%7, %%9
                }
                entry f = @f reads [] inputs ["x", "a", "b", "c"] outputs ["p", "q", "r"] writes []
                """.formatted(second);
    }

    @Test
    void equalLayersAreTheWorkOfTheFirst() {
        Made made = Made.of(layers("tanh"));

        assertThat(made.steps()).hasSize(3);
        assertThat(made.models()).isEqualTo(1);
        Region first = made.schedule().regions().getFirst();
        assertThat(made.made()).allSatisfy(each -> {
            assertThat(each.model()).isSameAs(first);
            assertThat(each.work()).isEqualTo(1);
        });
    }

    @Test
    void theValuesOfTheModelLieWhereThoseOfTheStepDo() {
        Made made = Made.of(layers("tanh"));

        Region model = made.schedule().regions().getFirst();
        Step.Run last = made.steps().getLast();
        Map<Value, Location> places = made.made().getLast().places().locations();
        assertThat(model.inputs().stream().map(places::get)).containsExactlyElementsOf(last.inputs());
        assertThat(model.outputs().stream().map(places::get)).containsExactlyElementsOf(last.outputs());
    }

    @Test
    void anotherOpIsOtherWork() {
        assertThat(Made.of(layers("exp")).models()).isEqualTo(2);
    }

    @Test
    void whatWorkDependsOnBesideTheRegionIsCompared() {
        Made made = Made.of(layers("tanh"), input -> input.op() instanceof Parameter);

        // The first layer reads a parameter of the graph where the others read a result.
        assertThat(made.models()).isEqualTo(2);
    }

    @Test
    void anAttributeIsPartOfTheWork() {
        String sums = """
                fn @f(%%0 "x": f32[6,6], %%1 "y": f32[6,6]) {
                  %%2 = reduce_sum %%0 axes=[1] : f32[6]
                  %%3 = reduce_sum %%1 axes=[%d] : f32[6]
                return %%2, %%3
                }
                entry f = @f reads [] inputs ["x", "y"] outputs ["p", "q"] writes []
                """;

        assertThat(Made.of(sums.formatted(1)).models()).isEqualTo(1);
        assertThat(Made.of(sums.formatted(0)).models()).isEqualTo(2);
    }

    @Test
    void whichTensorsAreOneIsPartOfTheWork() {
        String rows = """
                stored param "w" : f32[7,3]
                fn @f(%0 "w": f32[7,3], %1 "x": f32[7,3]) {
                  %2 = reduce_sum %1 axes=[1] : f32[7]
                  %3 = broadcast %2 shape=[7,3] axes=[0] : f32[7,3]
                  %4 = mul %1, %3 : f32[7,3]
                  %5 = reduce_sum %0 axes=[1] : f32[7]
                  %6 = broadcast %5 shape=[7,3] axes=[0] : f32[7,3]
                  %7 = mul %0, %6 : f32[7,3]
                return %4, %7
                }
                entry f = @f reads ["w"] inputs ["x"] outputs ["p"] writes ["w"]
                """;

        Made made = Made.of(rows);

        // One text, but only one of them writes over what it reads.
        assertThat(made.made().stream().map(each -> each.places().sharing().size()))
                .containsExactly(0, 1);
        assertThat(made.models()).isEqualTo(2);
    }

    @Test
    void aMessageThatNamesItsTensorIsNotShared() {
        String rows = """
                fn @f(%0 "table": f32[5,3], %1 "first": i32[2], %2 "second": i32[2]) {
                  %3 = gather %0, %1 : f32[2,3]
                  %4 = gather %0, %2 : f32[2,3]
                return %3, %4
                }
                entry f = @f reads [] inputs ["table", "first", "second"] outputs ["p", "q"] writes []
                """;

        assertThat(Made.of(rows).models()).isEqualTo(2);
    }
}
