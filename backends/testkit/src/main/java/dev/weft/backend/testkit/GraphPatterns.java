package dev.weft.backend.testkit;

import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.function.BiFunction;

/** Small patterns that models are full of and chance would not find. */
final class GraphPatterns {

    private GraphPatterns() {}

    static void dropout(GraphPool p) {
        Value x = p.pick();
        Value seed = p.parameter(TensorType.scalar(ElementType.I32), Values.REAL);
        Value uniform =
                p.make(new Random(seed, seed, "drop" + p.size(), x.type().shape()));
        Value kept = p.make(new Ge(uniform, p.full(uniform.type(), 0.25)));
        Value scaled = p.make(new Div(x, p.full(x.type(), 0.75)));
        p.keep(p.make(new Select(kept, scaled, p.full(x.type(), 0))), p.bound(x) / 0.75);
    }

    static void softmax(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            Value e = p.make(new Exp(p.make(new Sub(x, overRows(p, x, ReduceMax::new)))));
            p.keep(p.make(new Div(e, overRows(p, e, ReduceSum::new))), 1);
        });
    }

    static void norm(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            Value n = p.full(x.type(), x.type().size(x.type().rank() - 1));
            Value centred = p.make(new Sub(x, p.make(new Div(overRows(p, x, ReduceSum::new), n))));
            Value squares = overRows(p, p.make(new Mul(centred, centred)), ReduceSum::new);
            Value variance = p.make(new Add(p.make(new Div(squares, n)), p.full(x.type(), 0.1)));
            p.keep(
                    p.make(new Div(centred, p.make(new Sqrt(variance)))),
                    Math.sqrt(x.type().shape().elements()));
        });
    }

    /** The last axis reduced and repeated. */
    private static Value overRows(GraphPool p, Value x, BiFunction<Value, List<Integer>, Op> reduction) {
        int last = x.type().rank() - 1;
        Value reduced = p.make(reduction.apply(x, List.of(last)));
        return p.make(new Broadcast(reduced, x.type().shape(), GraphRecipes.all(reduced)));
    }

    static void linear(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            int last = x.type().rank() - 1;
            Value w = p.parameter(TensorType.of(p.element(), x.type().size(last), GraphRecipes.size(p)), Values.REAL);
            Op product = new DotGeneral(x, w, List.of(), List.of(), List.of(last), List.of(0), p.element());
            Value b = p.parameter(TensorType.of(p.element(), w.type().size(1)), Values.REAL);
            Value bias = p.make(new Broadcast(b, product.type().shape(), List.of(last)));
            p.keep(p.make(new Tanh(p.make(new Add(p.make(product), bias)))), 1);
        });
    }
}
