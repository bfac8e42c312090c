package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.backend.cuda.epilogue.Endings;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.schedule.MatrixProduct;
import dev.weft.graph.schedule.MatrixProduct.Axis;
import dev.weft.graph.schedule.ReductionClass;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code sum(y, rows) | xᵀ · y  ->  xᵀ · y, sum(y, rows)}: the sum of an operand over what a product sums over, which cuBLASLt makes
 * beside the product, moves into the product's region. The gradient of a bias is such a sum, of the operand from which the gradient of
 * a weight is made.
 */
public final class OperandSums {
    private final List<Region> regions;
    private final ProductSupport support;
    private final Map<Value, List<Value>> sums = new HashMap<>();
    private final Map<Value, Integer> holders = new HashMap<>();
    private final Map<Value, Integer> firstReaders = new HashMap<>();

    private OperandSums(List<Region> regions, ProductSupport support) {
        this.regions = new ArrayList<>(regions);
        this.support = support;
        for (int i = 0; i < regions.size(); i++) {
            int number = i;
            regions.get(i).inputs().forEach(input -> firstReaders.putIfAbsent(input, number));
            if (mayLose(regions.get(i))) {
                regions.get(i).outputs().forEach(output -> find(output, number));
            }
        }
    }

    /** The schedule with each sum where a product makes it that the device offers with it. */
    public static Schedule moved(Schedule schedule, ProductSupport support) {
        OperandSums sums = new OperandSums(schedule.regions(), support);
        for (int i = 0; i < schedule.regions().size(); i++) {
            sums.move(i);
        }
        List<Region> left = sums.regions.stream()
                .filter(region -> !region.outputs().isEmpty())
                .toList();
        return new Schedule(schedule.graph(), left, schedule.notFused());
    }

    /** How a product ends that makes this sum of one of its operands; empty if cuBLASLt cannot. */
    static Optional<Ending> ending(MatrixProduct product, Value sum) {
        boolean single = product.loops().isEmpty() && product.k().size() > 1;
        if (!single
                || !isSumOfRows(sum)
                || sum.type().element() != product.c().type().element()) {
            return Optional.empty();
        }
        Axis n = product.n();
        Axis m = product.m();
        if (product.offsetB() == 0
                && isWhole(n.size(), n.b(), product.k().b())
                && sums(sum, product.b(), n.size(), product.k().size())) {
            return Optional.of(new Ending(product.c(), Epilogue.BGRADA, sum, null, null));
        }
        if (product.offsetA() == 0
                && isWhole(m.size(), m.a(), product.k().a())
                && sums(sum, product.a(), m.size(), product.k().size())) {
            return Optional.of(new Ending(product.c(), Epilogue.BGRADB, sum, null, null));
        }
        return Optional.empty();
    }

    private static boolean isSumOfRows(Value value) {
        return value.op() instanceof ReduceSum sum && ReductionClass.of(sum) == ReductionClass.COLUMN;
    }

    /** Whether an operand is all of a matrix whose rows are what is summed over. */
    private static boolean isWhole(long free, long freeStep, long summedStep) {
        return free > 1 && freeStep == 1 && summedStep == free;
    }

    private static boolean sums(Value sum, Value root, long columns, long rows) {
        return sum.type().shape().elements() == columns
                && root.type().shape().elements() == rows * columns
                && path(((ReduceSum) sum.op()).x()).contains(root);
    }

    /** A value and those that hold the same numbers in the same order, nearest first. */
    private static List<Value> path(Value value) {
        List<Value> path = new ArrayList<>(List.of(value));
        while (isSame(path.getLast())) {
            path.add(path.getLast().operands().getFirst());
        }
        return path;
    }

    private static boolean isSame(Value value) {
        return value.op() instanceof Reshape
                || value.op() instanceof StopGradient
                || value.op() instanceof Cast cast && Endings.widens(cast);
    }

    /** Whether a region that stores one thing less is still one. */
    private static boolean mayLose(Region region) {
        return switch (region.kind()) {
            case MAP, CONTRACT -> region.parts().isEmpty();
            case TABLE, STREAM -> false;
        };
    }

    private void find(Value output, int holder) {
        if (isSumOfRows(output)) {
            holders.put(output, holder);
            path(((ReduceSum) output.op()).x()).forEach(operand -> sums.computeIfAbsent(operand, _ -> new ArrayList<>())
                    .add(output));
        }
    }

    private void move(int number) {
        Region region = regions.get(number);
        if (region.kind() != Region.Kind.CONTRACT || !region.outputs().contains(region.dotValue())) {
            return;
        }
        Set<Value> own = new HashSet<>(region.values());
        Optional<MatrixProduct> product = Products.of(region.dotValue(), value -> !own.contains(value));
        product.flatMap(made -> sumOf(made, number)).ifPresent(sum -> {
            int holder = holders.get(sum);
            regions.set(holder, without(regions.get(holder), sum));
            regions.set(number, with(region, sum));
            holders.remove(sum);
        });
    }

    /** A sum of an operand that nothing needs before the product's turn. */
    private Optional<Value> sumOf(MatrixProduct product, int number) {
        List<Value> possible = new ArrayList<>(sums.getOrDefault(product.b(), List.of()));
        possible.addAll(sums.getOrDefault(product.a(), List.of()));
        return possible.stream()
                .filter(sum -> holders.containsKey(sum)
                        && holders.get(sum) != number
                        && firstReaders.getOrDefault(sum, Integer.MAX_VALUE) > number
                        && isOffered(product, sum))
                .findFirst();
    }

    private boolean isOffered(MatrixProduct product, Value sum) {
        return ending(product, sum)
                .flatMap(ending -> Products.ended(product, ending, support.tf32()))
                .filter(made -> support.offers().test(made.product()))
                .isPresent();
    }

    private static Region with(Region region, Value sum) {
        List<Value> values = new ArrayList<>(region.values());
        Set<Value> known = new HashSet<>(region.values());
        known.addAll(region.inputs());
        Deque<Value> between = new ArrayDeque<>();
        for (Value value = ((ReduceSum) sum.op()).x();
                !known.contains(value);
                value = value.operands().getFirst()) {
            between.push(value);
        }
        values.addAll(between);
        values.add(sum);
        List<Value> outputs = new ArrayList<>(region.outputs());
        outputs.add(sum);
        return new Region(region.kind(), region.space(), values, region.inputs(), outputs);
    }

    private static Region without(Region region, Value sum) {
        List<Value> outputs =
                region.outputs().stream().filter(output -> output != sum).toList();
        Set<Value> needed = new HashSet<>(outputs);
        for (Value value : region.values().reversed()) {
            if (needed.contains(value)) {
                needed.addAll(value.operands());
            }
        }
        return new Region(
                region.kind(),
                region.space(),
                region.values().stream().filter(needed::contains).toList(),
                region.inputs().stream().filter(needed::contains).toList(),
                outputs);
    }
}
