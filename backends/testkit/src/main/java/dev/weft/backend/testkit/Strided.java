package dev.weft.backend.testkit;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A sample that reads its operands through movement: every other element of a longer one, or with the axes reversed. */
record Strided(Graph graph, List<Tensor> inputs) {

    static Strided of(OpSample sample) {
        Graph graph = sample.graph();
        GraphBuilder builder = new GraphBuilder(graph.name());
        GraphRebuilder copy = new GraphRebuilder(graph, builder);
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < graph.parameters().size(); i++) {
            Value old = graph.parameters().get(i);
            Tensor input = sample.inputs().get(i);
            String name = Graph.parameterName(old);
            if (old.type().rank() == 0) {
                copy.replace(old, builder.parameter(name, old.type()));
                inputs.add(input);
            } else if (old.type().rank() == 1) {
                Value longer = builder.parameter(name, spreadType(old.type()));
                copy.replace(old, builder.add(everyOther(longer)));
                inputs.add(spread(input));
            } else {
                Tensor turned = turned(input);
                Value parameter = builder.parameter(name, turned.type());
                copy.replace(
                        old,
                        builder.add(new Permute(parameter, backwards(old.type().rank()))));
                inputs.add(turned);
            }
        }
        return new Strided(copy.takeAll().build(), inputs);
    }

    private static TensorType spreadType(TensorType type) {
        return type.withShape(Shape.of(2 * type.size(0) + 1));
    }

    private static Slice everyOther(Value longer) {
        return new Slice(longer, List.of(1L), List.of(longer.type().size(0)), List.of(2L));
    }

    private static Tensor spread(Tensor input) {
        Tensor spread = Tensor.zeros(spreadType(input.type()));
        for (int i = 0; i < input.size(); i++) {
            spread.set(2 * i + 1, input.get(i));
        }
        return spread;
    }

    private static Tensor turned(Tensor input) {
        GraphBuilder builder = new GraphBuilder("turned");
        Value x = builder.parameter("x", input.type());
        Graph graph = builder.build(
                List.of(builder.add(new Permute(x, backwards(input.type().rank())))));
        return Interpreter.evaluate(graph, List.of(input), Interpreter.Mode.EXACT)
                .getFirst();
    }

    private static List<Integer> backwards(int rank) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = rank - 1; axis >= 0; axis--) {
            axes.add(axis);
        }
        return axes;
    }

    /** Whether the sample has an operand at all; a parameter on its own is no op to run. */
    static boolean applies(OpSample sample) {
        return !sample.inputs().isEmpty()
                && !(sample.graph().results().getFirst().op() instanceof Parameter);
    }
}
