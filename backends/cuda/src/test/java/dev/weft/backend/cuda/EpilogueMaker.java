package dev.weft.backend.cuda;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** A graph with a product of matrices of {@code narrow}, summed in f32. */
final class EpilogueMaker {
    static final long ROWS = 24;
    static final long DEPTH = 40;
    static final long COLUMNS = 16;
    private static final double K = Math.sqrt(2 / Math.PI);

    final GraphBuilder b = new GraphBuilder("f");
    private final ElementType narrow;
    private final long columns;
    final Value p;

    EpilogueMaker(ElementType narrow, long columns) {
        this.narrow = narrow;
        this.columns = columns;
        this.p = product(parameter("x", narrow, ROWS, DEPTH), "w");
    }

    Value parameter(String name, ElementType element, long... sizes) {
        return b.parameter(name, new TensorType(element, Shape.of(sizes)));
    }

    Value product(Value x, String w) {
        return b.add(new DotGeneral(
                x,
                parameter(w, narrow, x.type().size(1), columns),
                List.of(),
                List.of(),
                List.of(1),
                List.of(0),
                ElementType.F32));
    }

    Value whole(String name) {
        return b.parameter(name, p.type());
    }

    Value bias() {
        return b.add(new Broadcast(
                parameter("bias", ElementType.F32, columns), p.type().shape(), List.of(1)));
    }

    Value biased() {
        return b.add(new Add(p, bias()));
    }

    Value times(Value x, double factor) {
        return b.add(new Mul(x, b.full(x.type(), factor)));
    }

    Value times(Value x, Value y) {
        return b.add(new Mul(x, y));
    }

    Value plus(Value x, double other) {
        return b.add(new Add(x, b.full(x.type(), other)));
    }

    Value plus(Value x, Value y) {
        return b.add(new Add(x, y));
    }

    Value tangent(Value z, double cube) {
        return tangent(z, times(times(z, z), z), cube);
    }

    Value tangent(Value z, Value cubed, double cube) {
        return b.add(new Tanh(times(plus(z, times(cubed, cube)), K)));
    }

    Value geluByPower(Value z) {
        Value cubed = b.add(new Pow(z, b.full(z.type(), 3)));
        return times(z, plus(times(tangent(z, cubed, 0.044715), 0.5), 0.5));
    }

    Value gelu(Value z) {
        return times(times(z, 0.5), plus(tangent(z, 0.044715), 1));
    }

    /** Of another form than the derivative table gives. */
    Value gradient(Value z) {
        Value t = tangent(z, 0.044715);
        Value rest = b.add(new Sub(b.full(z.type(), 1), times(t, t)));
        Value inner = plus(times(times(z, z), 3 * 0.044715 * K), K);
        return times(plus(plus(t, 1), times(times(z, rest), inner)), 0.5);
    }

    Value narrow(Value x) {
        return narrow == ElementType.F32 ? x : b.add(new Cast(x, narrow));
    }

    /** {@code x} summed over its rows. */
    Value rows(Value x) {
        return b.add(new ReduceSum(x, List.of(0)));
    }

    /** {@code xᵀ · y}, as the gradient of a weight. */
    Value overRows(Value x, Value y) {
        return b.add(new DotGeneral(x, y, List.of(), List.of(), List.of(0), List.of(0), ElementType.F32));
    }

    Value first() {
        return b.parameter("first", new TensorType(narrow, Shape.of(ROWS, DEPTH)));
    }

    Graph build(Value... results) {
        return b.build(List.of(results));
    }
}
