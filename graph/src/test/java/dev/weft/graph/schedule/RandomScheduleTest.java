package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the graph: the regions are complete, in order, and compute what the graph says. */
class RandomScheduleTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 40, 120})
    void regionsInOrderGiveWhatTheGraphGives(int size) {
        for (long seed = 0; seed < 60; seed++) {
            Graph graph = RandomGraphs.of(seed, size);
            List<Tensor> arguments = RandomGraphs.arguments(graph, seed);
            Map<Value, double[]> wanted = plain(graph, arguments);
            for (FusionModel model :
                    List.of(FusionModel.NONE, FusionModel.STANDARD, FusionModel.STANDARD.withJoins())) {
                Schedule schedule = Schedule.of(graph, model);
                ScheduleVerifier.verify(schedule);
                assertThat(ScheduleText.parse(ScheduleText.print(schedule), graph))
                        .isEqualTo(schedule);
                Map<Value, Tensor> stored = run(schedule, arguments);
                for (Value result : graph.results()) {
                    assertThat(stored.get(result).toArray())
                            .as("seed %d, size %d, %s", seed, size, result)
                            .isEqualTo(wanted.get(result));
                }
            }
        }
    }

    private static Map<Value, double[]> plain(Graph graph, List<Tensor> arguments) {
        Map<Value, Tensor> all = parameters(graph, arguments);
        graph.values().stream()
                .filter(value -> !all.containsKey(value))
                .forEach(value -> all.put(value, evaluate(value, all)));
        Map<Value, double[]> arrays = new HashMap<>();
        all.forEach((value, tensor) -> arrays.put(value, tensor.toArray()));
        return arrays;
    }

    /** Every region sees its inputs only, and hands on its outputs only. */
    private static Map<Value, Tensor> run(Schedule schedule, List<Tensor> arguments) {
        Map<Value, Tensor> stored = parameters(schedule.graph(), arguments);
        for (Region region : schedule.regions()) {
            Map<Value, Tensor> local = new HashMap<>();
            region.inputs().forEach(input -> local.put(input, stored.get(input)));
            region.values().forEach(value -> local.put(value, evaluate(value, local)));
            region.outputs().forEach(output -> stored.put(output, local.get(output)));
        }
        return stored;
    }

    private static Map<Value, Tensor> parameters(Graph graph, List<Tensor> arguments) {
        Map<Value, Tensor> tensors = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            tensors.put(graph.parameters().get(i), arguments.get(i));
        }
        return tensors;
    }

    private static Tensor evaluate(Value value, Map<Value, Tensor> known) {
        return ((Primitive) value.op())
                .evaluate(value.operands().stream().map(known::get).toList());
    }
}
