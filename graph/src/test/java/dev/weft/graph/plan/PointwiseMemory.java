package dev.weft.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Value;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.schedule.MapLayout;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a plan as kernels would, on one memory, element by element: a map row by row in several loops, each point loading all before it
 * stores; a contraction as a whole and then its epilogue. So a place that is overwritten too early gives wrong numbers.
 */
final class PointwiseMemory {

    private record Address(Location.Area area, int index, long offset) {}

    private final Map<Address, Double> memory = new HashMap<>();

    void run(Schedule schedule, EntryPlan plan) {
        for (Step step : plan.steps()) {
            switch (step) {
                case Step.Copy copy -> copy(copy);
                case Step.Run run -> run(schedule.regions().get(run.region()), run);
            }
        }
    }

    private void copy(Step.Copy copy) {
        for (long at = 0; at < copy.to().bytes(); at++) {
            Address from = new Address(
                    copy.from().area(), copy.from().index(), copy.from().offset() + at);
            Address to =
                    new Address(copy.to().area(), copy.to().index(), copy.to().offset() + at);
            if (memory.containsKey(from)) {
                memory.put(to, memory.get(from));
            }
        }
    }

    double[] read(Location place, TensorType type) {
        double[] values = new double[(int) type.shape().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = load(place, type, i);
        }
        return values;
    }

    void write(Location place, TensorType type, double[] values) {
        for (int i = 0; i < values.length; i++) {
            store(place, type, i, values[i]);
        }
    }

    private double load(Location place, TensorType type, long element) {
        Double value = memory.get(address(place, type, element));
        assertThat(value).as("nothing lies in element %d of %s", element, place).isNotNull();
        return value;
    }

    private void store(Location place, TensorType type, long element, double value) {
        memory.put(address(place, type, element), value);
    }

    private static Address address(Location place, TensorType type, long element) {
        return new Address(
                place.area(),
                place.index(),
                place.offset() + element * type.element().bytes());
    }

    private void run(Region region, Step.Run step) {
        Map<Value, Location> inputs = new HashMap<>();
        Map<Value, Location> outputs = new HashMap<>();
        for (int i = 0; i < region.inputs().size(); i++) {
            inputs.put(region.inputs().get(i), step.inputs().get(i));
        }
        for (int i = 0; i < region.outputs().size(); i++) {
            outputs.put(region.outputs().get(i), step.outputs().get(i));
        }
        List<Region> parts = region.parts().isEmpty() ? List.of(region) : region.parts();
        parts.forEach(part -> run(part, only(inputs, part.inputs()), only(outputs, part.outputs())));
    }

    private static Map<Value, Location> only(Map<Value, Location> places, List<Value> values) {
        Map<Value, Location> some = new HashMap<>(places);
        some.keySet().retainAll(values);
        return some;
    }

    private void run(Region region, Map<Value, Location> inputs, Map<Value, Location> outputs) {
        Points points = new Points(this, region, inputs);
        switch (region.kind()) {
            case MAP -> {
                if (points.isStrided()) {
                    whole(region, inputs, outputs);
                } else {
                    rows(region, points, outputs);
                }
            }
            case CONTRACT -> contract(region, points, outputs);
            case STREAM, TABLE -> whole(region, inputs, outputs);
        }
    }

    private void whole(Region region, Map<Value, Location> inputs, Map<Value, Location> outputs) {
        Map<Value, Tensor> known = new HashMap<>();
        inputs.forEach((input, place) -> known.put(input, Tensor.of(input.type(), read(place, input.type()))));
        for (Value value : region.values()) {
            known.put(value, evaluate(value, known));
        }
        outputs.forEach(
                (output, place) -> write(place, output.type(), known.get(output).toArray()));
    }

    static Tensor evaluate(Value value, Map<Value, Tensor> known) {
        return ((Primitive) value.op())
                .evaluate(value.operands().stream().map(known::get).toList());
    }

    /** A row at a time; in each loop over the row, the reductions and outputs that its stage makes possible. */
    private void rows(Region region, Points points, Map<Value, Location> outputs) {
        long rows = region.space().outerElements();
        long width = region.space().rowElements();
        for (long row = 0; row < rows; row++) {
            points.startRow(row);
            for (int stage = 0; stage <= points.lastStage(); stage++) {
                for (long column = 0; column < width; column++) {
                    points.startPoint(row * width + column);
                    Map<Value, Double> results = new HashMap<>();
                    for (Value value : region.values()) {
                        if (points.stage(value) == stage) {
                            point(value, points, outputs, results);
                        }
                    }
                    long element = row * width + column;
                    results.forEach((value, result) -> store(outputs.get(value), value.type(), element, result));
                }
                points.finishReductions(stage);
            }
            for (Value value : region.values()) {
                boolean ofRow = points.level(value) == MapLayout.Level.ROW && outputs.containsKey(value);
                if (ofRow) {
                    points.startPoint(row * width);
                    store(outputs.get(value), value.type(), row, points.at(value, row));
                }
                points.reduceRowValue(value);
            }
        }
        points.totals().forEach((value, result) -> write(outputs.get(value), value.type(), result));
    }

    private static void point(Value value, Points points, Map<Value, Location> outputs, Map<Value, Double> results) {
        if (value.op() instanceof Reduction) {
            points.accumulate(value);
        } else if (outputs.containsKey(value) && points.level(value) == MapLayout.Level.FULL) {
            results.put(value, points.at(value, points.element()));
        }
    }

    /** The product is written where it belongs before any epilogue runs. */
    private void contract(Region region, Points points, Map<Value, Location> outputs) {
        Value product = region.dotValue();
        double[] result = points.product(product);
        if (outputs.containsKey(product)) {
            write(outputs.get(product), product.type(), result);
        }
        for (int element = 0; element < result.length; element++) {
            points.startPoint(element);
            points.put(product, result);
            Map<Value, Double> stored = new HashMap<>();
            for (Value output : outputs.keySet()) {
                if (output.op() instanceof Reduction) {
                    points.accumulate(output);
                } else if (output != product) {
                    stored.put(output, points.at(output, element));
                }
            }
            long at = element;
            stored.forEach((output, value) -> store(outputs.get(output), output.type(), at, value));
        }
        points.totals().forEach((value, total) -> write(outputs.get(value), value.type(), total));
    }

    /** One element of what a place holds. */
    double element(Location place, TensorType type, long element) {
        return load(place, type, element);
    }
}
