package dev.weft.backend.testkit;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Collects the samples of one op for one element type, one size {@code n} and one seed. */
final class OpSampling {

    /** An operand of a sample: its type and what it holds. */
    record Operand(TensorType type, Values values) {}

    final ElementType element;
    final long n;
    private final String mnemonic;
    private final RandomGenerator random;
    private final List<OpSample> samples = new ArrayList<>();

    OpSampling(String mnemonic, ElementType element, long n, long seed) {
        this.mnemonic = mnemonic;
        this.element = element;
        this.n = n;
        this.random = new SplittableRandom(seed);
    }

    List<OpSample> samples() {
        return List.copyOf(samples);
    }

    /** An operand of the element type in question. */
    Operand of(Values values, long... sizes) {
        return of(element, values, sizes);
    }

    Operand of(ElementType other, Values values, long... sizes) {
        return new Operand(TensorType.of(other, sizes), values);
    }

    void smooth(Function<Value, Op> op, Operand x) {
        add(OpSample.Kind.SMOOTH, List.of(x), values -> op.apply(values.getFirst()));
    }

    void smooth(BiFunction<Value, Value, Op> op, Operand x, Operand y) {
        add(OpSample.Kind.SMOOTH, List.of(x, y), values -> op.apply(values.get(0), values.get(1)));
    }

    void smooth(Function<List<Value>, Op> op, List<Operand> operands) {
        add(OpSample.Kind.SMOOTH, operands, op);
    }

    void special(Function<Value, Op> op, Operand x) {
        add(OpSample.Kind.SPECIAL, List.of(x), values -> op.apply(values.getFirst()));
    }

    void special(BiFunction<Value, Value, Op> op, Operand x, Operand y) {
        add(OpSample.Kind.SPECIAL, List.of(x, y), values -> op.apply(values.get(0), values.get(1)));
    }

    void special(Function<List<Value>, Op> op, List<Operand> operands) {
        add(OpSample.Kind.SPECIAL, operands, op);
    }

    /** Every special value of the element type once. */
    Operand specials() {
        return of(Values.cycle(1), Values.special(element).size());
    }

    /** Two operands that together hold every pair of special values. */
    List<Operand> pairs() {
        long count = Values.special(element).size();
        return List.of(of(Values.cycle(1), count, count), of(Values.cycle((int) count), count, count));
    }

    private void add(OpSample.Kind kind, List<Operand> operands, Function<List<Value>, Op> op) {
        GraphBuilder builder = new GraphBuilder(OpSample.ENTRY);
        add(kind, builder, parameters(builder, operands), operands, op, List.of());
    }

    /** A sample that refers to {@code @f} of its program, a function of one parameter with this body. */
    void referring(BiFunction<GraphBuilder, Value, Value> body, Function<List<Value>, Op> op, Operand x) {
        GraphBuilder f = new GraphBuilder("f");
        Value result = body.apply(f, f.parameter("x", x.type()));
        GraphBuilder builder = new GraphBuilder(OpSample.ENTRY);
        List<Operand> operands = List.of(x);
        add(
                OpSample.Kind.SMOOTH,
                builder,
                parameters(builder, operands),
                operands,
                op,
                List.of(f.build(List.of(result))));
    }

    private static List<Value> parameters(GraphBuilder builder, List<Operand> operands) {
        List<Value> parameters = new ArrayList<>();
        for (Operand operand : operands) {
            parameters.add(builder.parameter("x" + parameters.size(), operand.type()));
        }
        return parameters;
    }

    private void add(
            OpSample.Kind kind,
            GraphBuilder builder,
            List<Value> parameters,
            List<Operand> operands,
            Function<List<Value>, Op> op,
            List<Graph> others) {
        Value result = builder.add(op.apply(parameters));
        List<Graph> functions = new ArrayList<>(others);
        functions.add(builder.build(List.of(result)));
        List<String> inputs = parameters.stream().map(Graph::parameterName).toList();
        Entry entry = new Entry(OpSample.ENTRY, OpSample.ENTRY, List.of(), inputs, List.of("y"), List.of());
        List<Tensor> tensors =
                operands.stream().map(x -> x.values().tensor(x.type(), random)).toList();
        String types = operands.stream().map(x -> x.type().toString()).collect(Collectors.joining(" "));
        String name =
                "%s%s (%s) %s".formatted(mnemonic, OpSchema.of(result.op()).attributes(result.op()), types, kind);
        samples.add(new OpSample(name, new Program(List.of(), functions, List.of(entry)), tensors, kind));
    }
}
