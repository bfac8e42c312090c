package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Slice;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Graphs of every op the scheduler treats in its own way, on the shapes (2, 3, 4), (6, 4), (2, 3), (4), () and (4, 4). */
public final class RandomGraphs {

    private static final Shape CUBE = Shape.of(2, 3, 4);
    private static final Shape FLAT = Shape.of(6, 4);
    private static final Shape ROWS = Shape.of(2, 3);
    private static final Shape COLUMNS = Shape.of(4);

    private final Random random;
    private final GraphBuilder builder = new GraphBuilder("random");
    private final List<Value> values = new ArrayList<>();

    private final Map<Integer, Value> all = new HashMap<>();

    private RandomGraphs(long seed) {
        random = new Random(seed);
    }

    /** A graph of about {@code size} steps with some of its values as results. */
    public static Graph of(long seed, int size) {
        return new RandomGraphs(seed).build(size);
    }

    /** The graph of that seed and size with other results, given as values of the first one. */
    public static Graph withResults(long seed, int size, List<Value> results) {
        RandomGraphs again = new RandomGraphs(seed);
        again.build(size);
        return again.builder.build(
                results.stream().map(result -> again.all.get(result.id())).toList());
    }

    /** Values in [-1, 1) for every parameter; integers and bools as their types have them, indices in range. */
    public static List<Tensor> arguments(Graph graph, long seed) {
        Random random = new Random(seed);
        return graph.parameters().stream()
                .map(parameter -> argument(parameter.type(), random))
                .toList();
    }

    private static Tensor argument(TensorType type, Random random) {
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, type.element().isFloat() ? random.nextDouble() * 2 - 1 : random.nextInt(2));
        }
        return tensor;
    }

    private Graph build(int size) {
        for (Shape shape : List.of(CUBE, FLAT, ROWS, COLUMNS, Shape.SCALAR, Shape.of(4, 4))) {
            values.add(builder.parameter("p" + values.size(), new TensorType(ElementType.F32, shape)));
        }
        Value at = builder.parameter("at", TensorType.scalar(ElementType.I32));
        Value indices = builder.parameter("indices", TensorType.of(ElementType.I32, 6));
        for (int i = 0; i < size; i++) {
            step(at, indices);
        }
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(pick(null));
        }
        results.add(values.getLast());
        Graph graph = builder.build(results);
        graph.values().forEach(value -> all.put(value.id(), value));
        return graph;
    }

    private void step(Value at, Value indices) {
        Value x = pick(null);
        Shape shape = x.type().shape();
        switch (random.nextInt(14)) {
            case 0 -> put(new Tanh(x));
            case 1, 2 -> put(new Add(x, pick(shape)));
            case 3 -> put(new Mul(x, pick(shape)));
            case 4 -> put(new Sub(x, pick(shape)));
            case 5 -> normalize(pick(random.nextBoolean() ? CUBE : FLAT));
            case 6 -> put(new ReduceSum(pick(CUBE), List.of(0, 1)));
            case 7 -> put(new Broadcast(pick(COLUMNS), CUBE, List.of(2)));
            case 8 -> put(new Reshape(pick(CUBE), FLAT));
            case 9 -> put(new Reshape(pick(FLAT), CUBE));
            case 10 -> mask(pick(FLAT));
            case 11 -> move(pick(Shape.of(4, 4)), pick(FLAT));
            case 12 -> contract(pick(CUBE), pick(Shape.of(4, 4)));
            default -> table(pick(FLAT), at, indices);
        }
    }

    private void normalize(Value x) {
        int rank = x.type().rank();
        Shape shape = x.type().shape();
        List<Integer> kept = rank == 3 ? List.of(0, 1) : List.of(0);
        Value most = builder.add(new ReduceMax(x, List.of(rank - 1)));
        put(new Sub(x, builder.add(new Broadcast(most, shape, kept))));
        if (rank == 3) {
            put(new Add(pick(ROWS), most));
            put(new ReduceSum(x, List.of(1)));
        }
    }

    private void mask(Value x) {
        Value column = builder.add(new Iota(FLAT, 1, ElementType.F32));
        Value scalar = pick(Shape.SCALAR);
        Value limit = builder.add(new Broadcast(builder.add(new Add(scalar, scalar)), FLAT, List.of()));
        put(new Select(builder.add(new Lt(column, limit)), x, pick(FLAT)));
        put(new ReduceSum(x, List.of(0, 1)));
    }

    private void move(Value square, Value flat) {
        put(new Permute(square, List.of(1, 0)));
        Value part = builder.add(new Slice(flat, List.of(1L, 0L), List.of(5L, 4L), List.of(1L, 1L)));
        put(new Add(part, square));
        put(new Pad(part, List.of(1L, 0L), List.of(1L, 0L), List.of(0L, 0L), 0.5));
        put(new Concat(
                List.of(part, builder.add(new Slice(flat, List.of(0L, 0L), List.of(2L, 4L), List.of(1L, 1L)))), 0));
        put(turned(flat));
        put(new Reshape(builder.add(new Permute(builder.add(turned(flat)), List.of(1, 0))), FLAT));
    }

    /** Arithmetic on both halves of every row, next to each other. */
    private Concat turned(Value flat) {
        Value left = builder.add(new Slice(flat, List.of(0L, 0L), List.of(6L, 2L), List.of(1L, 1L)));
        Value right = builder.add(new Slice(flat, List.of(0L, 2L), List.of(6L, 4L), List.of(1L, 1L)));
        Value product = builder.add(new Mul(left, right));
        return random.nextBoolean()
                ? new Concat(List.of(builder.add(new Sub(product, right)), builder.add(new Add(right, left))), 1)
                : new Concat(List.of(builder.add(new Add(product, right)), left), 1);
    }

    private void contract(Value cube, Value square) {
        Value other = random.nextBoolean() ? square : builder.add(new Permute(square, List.of(1, 0)));
        put(new DotGeneral(cube, other, List.of(), List.of(), List.of(2), List.of(0), ElementType.F32));
        Value swapped = builder.add(new Permute(cube, List.of(1, 0, 2)));
        Value joined = builder.add(new Reshape(swapped, FLAT));
        put(new DotGeneral(joined, pick(FLAT), List.of(), List.of(), List.of(0), List.of(0), ElementType.F32));
    }

    private void table(Value flat, Value at, Value indices) {
        put(new Gather(flat, indices));
        put(new ScatterAdd(builder.full(flat.type(), 0), indices, pick(FLAT)));
        Value row = builder.add(new Slice(flat, List.of(2L, 0L), List.of(4L, 4L), List.of(1L, 1L)));
        put(new DynamicUpdate(flat, row, at, 0));
    }

    private void put(Op op) {
        values.add(builder.add(op));
    }

    /** One of the values of a shape, later ones more often. */
    private Value pick(@Nullable Shape shape) {
        List<Value> fitting = values.stream()
                .filter(value -> shape == null || value.type().shape().equals(shape))
                .toList();
        return fitting.get(Math.max(random.nextInt(fitting.size()), random.nextInt(fitting.size())));
    }
}
