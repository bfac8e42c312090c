package dev.weft.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Value;
import dev.weft.graph.op.Binary;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Unary;
import dev.weft.graph.schedule.MapLayout;
import dev.weft.graph.schedule.ReductionClass;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The values of a region at the point a kernel stands at. Checks that what is computed inside is asked for at that point only. */
final class Points {

    private final PointwiseMemory memory;
    private final Region region;
    private final Map<Value, Location> inputs;
    private final MapLayout layout;
    private final Set<Value> own;
    private final Map<Value, Integer> stages = new HashMap<>();
    private final Map<Value, Double> accumulators = new HashMap<>();
    private final Map<Value, Double> rowResults = new HashMap<>();
    private final Map<Value, double[]> totals = new HashMap<>();
    private final Map<Value, double[]> given = new HashMap<>();
    private final Map<Value, Map<Long, Double>> known = new HashMap<>();
    private long row;
    private long element;

    Points(PointwiseMemory memory, Region region, Map<Value, Location> inputs) {
        this.memory = memory;
        this.region = region;
        this.inputs = inputs;
        this.layout = MapLayout.of(region);
        this.own = new HashSet<>(region.values());
        for (Value value : region.values()) {
            int stage = 0;
            for (Value operand : value.operands()) {
                stage = Math.max(stage, stages.getOrDefault(operand, 0) + (isRowResult(operand) ? 1 : 0));
            }
            stages.put(value, stage);
        }
    }

    private boolean isRowResult(Value value) {
        return own.contains(value) && value.op() instanceof Reduction && layout.reduction(value) == ReductionClass.ROW;
    }

    boolean isStrided() {
        return region.values().stream()
                .anyMatch(
                        value -> value.op() instanceof Reduction && layout.reduction(value) == ReductionClass.STRIDED);
    }

    int stage(Value value) {
        return stages.get(value);
    }

    int lastStage() {
        return stages.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    MapLayout.Level level(Value value) {
        return layout.level(value);
    }

    long element() {
        return element;
    }

    void startRow(long next) {
        row = next;
        accumulators.clear();
        rowResults.clear();
    }

    void startPoint(long next) {
        element = next;
        known.clear();
        if (region.kind() == Region.Kind.MAP) {
            row = element / Math.max(1, region.space().rowElements());
        }
    }

    void put(Value value, double[] result) {
        given.put(value, result);
    }

    /** Takes the current point into a reduction of full values. */
    void accumulate(Value reduction) {
        Reduction.Fold fold = (Reduction.Fold) reduction.op();
        long operand = fold.x().type().shape().elements();
        if (operand != region.space().elements()) {
            return;
        }
        double next = at(fold.x(), element);
        switch (layout.reduction(reduction)) {
            case ROW -> accumulators.merge(reduction, next, fold::combine);
            case COLUMN ->
                total(reduction, fold, (int) (element % region.space().rowElements()), next);
            case FULL -> total(reduction, fold, 0, next);
            case STRIDED -> throw new AssertionError("a strided reduction is alone");
        }
    }

    void finishReductions(int stage) {
        accumulators.forEach((value, result) -> {
            if (stage(value) == stage) {
                rowResults.put(
                        value, ((Reduction.Fold) value.op()).combine(((Reduction.Fold) value.op()).neutral(), result));
            }
        });
    }

    /** Takes a finished row value into a reduction of all of them. */
    void reduceRowValue(Value reduction) {
        if (reduction.op() instanceof Reduction.Fold fold
                && layout.reduction(reduction) == ReductionClass.FULL
                && fold.x().type().shape().elements() != region.space().elements()) {
            known.clear();
            total(reduction, fold, 0, at(fold.x(), row));
        }
    }

    private void total(Value reduction, Reduction.Fold fold, int position, double next) {
        double[] total = totals.computeIfAbsent(reduction, key -> {
            double[] start = new double[(int) key.type().shape().elements()];
            Arrays.fill(start, fold.neutral());
            return start;
        });
        total[position] = fold.combine(total[position], next);
    }

    Map<Value, double[]> totals() {
        return totals;
    }

    double[] product(Value product) {
        Map<Value, Tensor> operands = new HashMap<>();
        for (Value operand : product.operands()) {
            Tensor tensor = Tensor.zeros(operand.type());
            for (int i = 0; i < tensor.size(); i++) {
                known.clear();
                tensor.set(i, at(operand, i));
            }
            operands.put(operand, tensor);
        }
        return PointwiseMemory.evaluate(product, operands).toArray();
    }

    /** The element of a value at a row-major position of its own shape. */
    double at(Value value, long position) {
        Map<Long, Double> ofValue = known.computeIfAbsent(value, key -> new HashMap<>());
        Double found = ofValue.get(position);
        if (found == null) {
            found = compute(value, position);
            ofValue.put(position, found);
        }
        return found;
    }

    private double compute(Value value, long position) {
        if (given.containsKey(value)) {
            assertThat(position).as("the product is read at its own place").isEqualTo(element);
            return given.get(value)[(int) position];
        }
        if (!own.contains(value)) {
            return memory.element(inputs.get(value), value.type(), position);
        }
        checkPlace(value, position);
        return switch (value.op()) {
            case Constant constant -> constant.value();
            case Iota iota -> index(value.type().shape(), position)[iota.axis()];
            case Reduction reduction -> rowResults.get(value);
            case Concat concat -> part(concat, index(value.type().shape(), position));
            case Movement.Layout movement -> moved(movement, index(value.type().shape(), position));
            case Select select -> at(at(select.condition(), position) != 0 ? select.x() : select.y(), position);
            case Unary unary -> unary.apply(at(unary.x(), position));
            case Binary binary -> binary.apply(at(binary.x(), position), at(binary.y(), position));
            default ->
                throw new AssertionError("no such op in a map: " + value.op().mnemonic());
        };
    }

    private void checkPlace(Value value, long position) {
        if (region.kind() == Region.Kind.MAP) {
            switch (layout.level(value)) {
                case FULL -> assertThat(position).as("%s is full", value).isEqualTo(element);
                case ROW -> assertThat(position).as("%s is of rows", value).isEqualTo(row);
                case FREE -> {}
                case PARTIAL -> throw new AssertionError(value + " is read before its region ends");
            }
        }
    }

    private double moved(Movement.Layout movement, long[] index) {
        long[] source = movement.source(index);
        return source == null
                ? movement.fillValue()
                : at(movement.x(), position(movement.x().type().shape(), source));
    }

    private double part(Concat concat, long[] index) {
        long at = index[concat.axis()];
        for (Value part : concat.parts()) {
            long size = part.type().size(concat.axis());
            if (at < size) {
                index[concat.axis()] = at;
                return at(part, position(part.type().shape(), index));
            }
            at -= size;
        }
        throw new AssertionError("the index lies in no part");
    }

    private static long[] index(Shape shape, long position) {
        long[] index = new long[shape.rank()];
        long rest = position;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.size(axis);
            rest /= shape.size(axis);
        }
        return index;
    }

    private static long position(Shape shape, long[] index) {
        long position = 0;
        for (int axis = 0; axis < index.length; axis++) {
            position = position * shape.size(axis) + index[axis];
        }
        return position;
    }
}
