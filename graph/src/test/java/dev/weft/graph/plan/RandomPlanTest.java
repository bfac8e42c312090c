package dev.weft.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.RandomGraphs;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.schedule.ScheduleVerifier;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the graph and the writes: running the steps on places gives what the graph gives. */
class RandomPlanTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 40, 80})
    void kernelsThatWorkElementByElementFindNothingOverwritten(int size) {
        for (long seed = 0; seed < 60; seed++) {
            Program program = program(seed, size);
            Entry entry = program.entry("run");
            Graph graph = program.body(entry);
            List<Tensor> arguments = RandomGraphs.arguments(graph, seed);
            Map<Value, Tensor> wanted = plain(graph, arguments);
            FusionModel model = seed % 2 == 0 ? FusionModel.STANDARD : FusionModel.STANDARD.withJoins();
            Schedule schedule = Schedule.of(graph, model);
            Plan plan = Plan.of(program, Map.of("run", schedule));
            PointwiseMemory memory = new PointwiseMemory();
            for (int i = 0; i < arguments.size(); i++) {
                Value parameter = graph.parameters().get(i);
                memory.write(
                        place(plan, entry, graph, i),
                        parameter.type(),
                        arguments.get(i).toArray());
            }
            memory.run(schedule, plan.entry("run"));
            for (int i = 0; i < graph.results().size(); i++) {
                Value result = graph.results().get(i);
                assertThat(memory.read(resultPlace(plan, entry, result, i), result.type()))
                        .as("seed %d, size %d, result %d", seed, size, i)
                        .isEqualTo(wanted.get(result).toArray());
            }
        }
    }

    private static Location place(Plan plan, Entry entry, Graph graph, int parameter) {
        int input = parameter - entry.reads().size();
        return input < 0
                ? plan.stored(entry.reads().get(parameter))
                : Location.input(input, graph.parameters().get(parameter).type().bytes());
    }

    private static Location resultPlace(Plan plan, Entry entry, Value result, int number) {
        int write = number - entry.outputs().size();
        return write < 0
                ? Location.output(number, result.type().bytes())
                : plan.stored(entry.writes().get(write));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 40, 120})
    void stepsOnPlacesGiveWhatTheGraphGives(int size) {
        for (long seed = 0; seed < 60; seed++) {
            Program program = program(seed, size);
            Entry entry = program.entry("run");
            Graph graph = program.body(entry);
            List<Tensor> arguments = RandomGraphs.arguments(graph, seed);
            Map<Value, Tensor> wanted = plain(graph, arguments);
            for (FusionModel model :
                    List.of(FusionModel.NONE, FusionModel.STANDARD, FusionModel.STANDARD.withJoins())) {
                Schedule schedule = Schedule.of(graph, model);
                Plan plan = Plan.of(program, Map.of("run", schedule));
                assertThat(PlanText.parse(PlanText.print(plan))).isEqualTo(plan);
                Memory memory = new Memory(plan, entry, graph, arguments);
                memory.run(schedule, plan.entry("run"));
                for (int i = 0; i < graph.results().size(); i++) {
                    Value result = graph.results().get(i);
                    Location place = resultPlace(plan, entry, result, i);
                    assertThat(memory.read(place))
                            .as("seed %d, size %d, result %d", seed, size, i)
                            .isEqualTo(wanted.get(result).toArray());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40, 120})
    void regionsThatRunAgainGiveWhatTheGraphGives(int size) {
        long saved = 0;
        for (long seed = 0; seed < 60; seed++) {
            Program program = program(seed, size);
            Entry entry = program.entry("run");
            Graph graph = program.body(entry);
            List<Tensor> arguments = RandomGraphs.arguments(graph, seed);
            Map<Value, Tensor> wanted = plain(graph, arguments);
            for (FusionModel model :
                    List.of(FusionModel.NONE, FusionModel.STANDARD, FusionModel.STANDARD.withJoins())) {
                MemoryBudget budget = MemoryBudget.of(program, Map.of("run", Schedule.of(graph, model)), 1);
                Schedule schedule = budget.schedules().get("run");
                ScheduleVerifier.verify(schedule);
                assertThat(budget.savedBytes()).isNotNegative();
                saved += budget.savedBytes();
                Memory memory = new Memory(budget.plan(), entry, schedule.graph(), arguments);
                memory.run(schedule, budget.plan().entry("run"));
                for (int i = 0; i < graph.results().size(); i++) {
                    Value result = graph.results().get(i);
                    assertThat(memory.read(resultPlace(budget.plan(), entry, result, i)))
                            .as("seed %d, size %d, result %d", seed, size, i)
                            .isEqualTo(wanted.get(result).toArray());
                }
            }
        }
        assertThat(saved).isPositive();
    }

    /** The first parameters are stored; results of a stored tensor's type are written to it, in any order: also in rings. */
    private static Program program(long seed, int size) {
        Graph graph = RandomGraphs.of(seed, size);
        Random random = new Random(seed);
        int reads = random.nextInt(graph.parameters().size() + 1);
        List<Stored> stored = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Value parameter : graph.parameters()) {
            names.add(Graph.parameterName(parameter));
            stored.add(new Stored(names.getLast(), parameter.type(), Stored.Role.STATE));
        }
        List<Value> outputs = new ArrayList<>();
        Map<String, Value> writes = new LinkedHashMap<>();
        List<Value> candidates = new ArrayList<>(graph.results());
        candidates.addAll(graph.parameters());
        Collections.shuffle(candidates, random);
        for (Value value : candidates) {
            stored.stream()
                    .filter(tensor -> tensor.type().equals(value.type()) && !writes.containsKey(tensor.name()))
                    .findAny()
                    .filter(tensor -> random.nextInt(3) > 0)
                    .ifPresentOrElse(tensor -> writes.put(tensor.name(), value), () -> outputs.add(value));
        }
        List<Value> results = new ArrayList<>(outputs);
        results.addAll(writes.values());
        Graph body = RandomGraphs.withResults(seed, size, results);
        List<String> outputNames = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            outputNames.add("o" + i);
        }
        Entry entry = new Entry(
                "run",
                body.name(),
                names.subList(0, reads),
                names.subList(reads, names.size()),
                outputNames,
                List.copyOf(writes.keySet()));
        return new Program(stored, List.of(body), List.of(entry));
    }

    private static Map<Value, Tensor> plain(Graph graph, List<Tensor> arguments) {
        Map<Value, Tensor> all = new HashMap<>();
        for (Value value : graph.values()) {
            all.put(
                    value,
                    value.op() instanceof Parameter parameter
                            ? arguments.get(parameter.index())
                            : evaluate(value, all));
        }
        return all;
    }

    private static Tensor evaluate(Value value, Map<Value, Tensor> known) {
        return ((Primitive) value.op())
                .evaluate(value.operands().stream().map(known::get).toList());
    }

    /** Memory that knows which tensor was last written to which bytes, and forgets what is overlapped. */
    private static final class Memory {
        private final Map<Location, double[]> contents = new HashMap<>();

        Memory(Plan plan, Entry entry, Graph graph, List<Tensor> arguments) {
            for (int i = 0; i < arguments.size(); i++) {
                Location place = place(plan, entry, graph, i);
                write(place, arguments.get(i).toArray());
            }
        }

        void run(Schedule schedule, EntryPlan plan) {
            for (Step step : plan.steps()) {
                switch (step) {
                    case Step.Copy copy -> write(copy.to(), read(copy.from()));
                    case Step.Run run -> run(schedule.regions().get(run.region()), run);
                }
            }
        }

        private void run(Region region, Step.Run step) {
            Map<Value, Tensor> local = new HashMap<>();
            for (int i = 0; i < region.inputs().size(); i++) {
                Value input = region.inputs().get(i);
                local.put(
                        input,
                        Tensor.of(input.type(), read(step.inputs().get(i)).clone()));
            }
            region.values().forEach(value -> local.put(value, evaluate(value, local)));
            for (int i = 0; i < region.outputs().size(); i++) {
                write(step.outputs().get(i), local.get(region.outputs().get(i)).toArray());
            }
        }

        double[] read(Location place) {
            double[] found = contents.get(place);
            assertThat(found).as("nothing lies at %s", place).isNotNull();
            return found;
        }

        private void write(Location place, double[] values) {
            contents.keySet().removeIf(place::overlaps);
            contents.put(place, values);
        }
    }
}
