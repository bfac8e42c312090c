package dev.weft.backend.testkit;

import dev.weft.graph.op.Limits;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a sample's operand holds. Element {@code position} of {@code count}; the tensor is rounded to its type afterwards. */
@FunctionalInterface
public interface Values {

    /** About ±2, floats standard normal; integers in −9 … 9, or 0 … 9 where unsigned; bools even. */
    Values REAL = (random, element, position, count) -> {
        if (element == ElementType.BOOL) {
            return random.nextInt(2);
        }
        return element.isFloat() ? random.nextGaussian() : random.nextInt(element == ElementType.U8 ? 0 : -9, 10);
    };

    /** In 0.3 … 3 for floats, 1 … 9 for integers. */
    Values POSITIVE =
            (random, element, position, count) -> element.isFloat() ? random.nextDouble(0.3, 3) : random.nextInt(1, 10);

    /** As {@link #POSITIVE}, with either sign where the type has two. */
    Values NONZERO = (random, element, position, count) -> {
        double magnitude = POSITIVE.at(random, element, position, count);
        return random.nextBoolean() && element != ElementType.U8 ? -magnitude : magnitude;
    };

    /** At least 0.1 from every multiple of one half, in −4 … 4: away from the jumps of floor, round and sign. */
    Values BETWEEN = (random, element, position, count) -> element.isFloat()
            ? random.nextInt(-8, 8) * 0.5 + random.nextDouble(0.1, 0.4)
            : NONZERO.at(random, element, position, count);

    /** All elements at least 0.05 apart, in no order: no ties, and small steps make none. Integers may repeat. */
    Values DISTINCT = (random, element, position, count) -> {
        if (!element.isFloat()) {
            return REAL.at(random, element, position, count);
        }
        long shuffled = count == 0 ? 0 : (position * 7919L + 3) % count;
        return (shuffled - count / 2.0) * 0.1 + random.nextDouble(0, 0.05);
    };

    /** In 0.5 … 2 and −2 … −0.5: divided by 2.5, never near an integer, where mod jumps. */
    Values REMAINDER = (random, element, position, count) -> element.isFloat()
            ? random.nextDouble(0.5, 2) * (random.nextBoolean() ? 1 : -1)
            : REAL.at(random, element, position, count);

    /** Floats that break careless kernels. */
    List<Double> SPECIAL_FLOATS = List.of(
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            -2.5,
            3.0,
            1e-30,
            -1e30);

    double at(RandomGenerator random, ElementType element, int position, int count);

    /** Integers in 0 … limit − 1, with repetitions: indices. */
    static Values index(long limit) {
        return (random, element, position, count) -> random.nextLong(limit);
    }

    /** What a tensor holds. */
    static Values of(Tensor tensor) {
        return (random, element, position, count) -> tensor.get(position);
    }

    /** The same value everywhere. */
    static Values constant(double value) {
        return (random, element, position, count) -> value;
    }

    /** {@link #special} values in turn, each standing {@code repeat} times: two operands with 1 and n make all pairs. */
    static Values cycle(int repeat) {
        return (random, element, position, count) -> {
            List<Double> special = special(element);
            return special.get(position / repeat % special.size());
        };
    }

    /** The values of a type that break careless kernels. */
    static List<Double> special(ElementType element) {
        if (element.isFloat()) {
            return SPECIAL_FLOATS;
        }
        return switch (element) {
            case BOOL -> List.of(0.0, 1.0);
            // The ends of i64 are no doubles.
            case I64 -> List.of(0.0, 1.0, -1.0, 2.0, -7.0, 0x1p31, -0x1p31);
            case U8 -> List.of(0.0, 1.0, 2.0, 7.0, 127.0, 128.0, 255.0);
            case I32, I8, F32, F64, F16, BF16 ->
                List.of(0.0, 1.0, -1.0, 2.0, -7.0, Limits.smallest(element), Limits.largest(element));
        };
    }

    /** A tensor of these values, rounded to its type. */
    default Tensor tensor(TensorType type, RandomGenerator random) {
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, at(random, type.element(), i, tensor.size()));
        }
        return tensor.rounded();
    }
}
