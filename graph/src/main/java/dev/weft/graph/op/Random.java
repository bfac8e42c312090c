package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * Uniform f32 in [0, 1), a pure function of (seed, step, stream, index): the same forward, backward, recomputed, in any tiling and
 * on any backend. The bits are those of {@link Threefry}, keyed by seed and step (each xor-ed with half of the stream's hash) and
 * counted by the row-major index; the upper 24 become the fraction.
 *
 * @param seed i32 scalar
 * @param step i32 scalar
 * @param stream names the place in the program; inlining a call prefixes the call's path
 */
public record Random(Value seed, Value step, String stream, Shape shape) implements Primitive {

    public Random {
        Checks.element("random", "seed", seed, ElementType.I32);
        Checks.element("random", "step", step, ElementType.I32);
        Checks.isScalar("random", "seed", seed);
        Checks.isScalar("random", "step", step);
    }

    /** The same op as it is inside a call with this path. */
    public Random inside(String path) {
        return new Random(seed, step, Call.nest(path, stream), shape);
    }

    @Override
    public TensorType type() {
        return new TensorType(ElementType.F32, shape);
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        long stream = Threefry.hash(this.stream);
        int key0 = (int) operands.get(0).get(0) ^ (int) stream;
        int key1 = (int) operands.get(1).get(0) ^ (int) (stream >>> 32);
        Tensor y = Tensor.zeros(type());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, Threefry.uniform(key0, key1, i));
        }
        return y;
    }
}
