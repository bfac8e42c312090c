package dev.weft.bench.torch;

import dev.weft.backend.testkit.Values;
import dev.weft.bench.torch.OpCase.Operand;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Draws shapes, axes and sizes from one seed. Sizes 0 and 1 come up often: there kernels go wrong. */
final class OpShapes {

    /** Largest size of an axis, by the number of axes. */
    private static final int[] LARGEST = {1, 300, 40, 12, 6, 4};

    final ElementType element;
    private final Random random;

    OpShapes(ElementType element, long seed) {
        this.element = element;
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    /** In 0 … limit − 1. */
    int below(int limit) {
        return random.nextInt(limit);
    }

    <T> T pick(List<T> among) {
        return among.get(below(among.size()));
    }

    /** Sizes of up to four axes. */
    long[] sizes() {
        return sizes(below(5));
    }

    long[] sizes(int rank) {
        return IntStream.range(0, rank).mapToLong(axis -> size(LARGEST[rank])).toArray();
    }

    /** As {@link #sizes(int)}, none of them 0. */
    long[] positive(int rank) {
        return IntStream.range(0, rank)
                .mapToLong(axis -> Math.max(1, size(LARGEST[rank])))
                .toArray();
    }

    /** 0 once in twenty times, 1 once in seven. */
    long size(int largest) {
        int draw = below(140);
        if (draw < 7) {
            return 0;
        }
        return draw < 27 ? 1 : 1 + below(largest);
    }

    /** Some of the axes, in order. */
    List<Integer> axes(int rank) {
        return IntStream.range(0, rank)
                .filter(axis -> random.nextBoolean())
                .boxed()
                .toList();
    }

    <T> List<T> shuffled(List<T> among) {
        List<T> shuffled = new ArrayList<>(among);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled);
    }

    Operand of(Values values, long... sizes) {
        return of(element, values, sizes);
    }

    Operand of(ElementType other, Values values, long... sizes) {
        return new Operand(TensorType.of(other, sizes), values);
    }

    static OpCase unary(Operand x, Function<Value, Op> weft, Function<Tensor, Tensor> torch) {
        return new OpCase(List.of(x), v -> weft.apply(v.getFirst()), t -> torch.apply(t.getFirst()));
    }

    static OpCase binary(
            Operand x, Operand y, BiFunction<Value, Value, Op> weft, BiFunction<Tensor, Tensor, Tensor> torch) {
        return new OpCase(List.of(x, y), v -> weft.apply(v.get(0), v.get(1)), t -> torch.apply(t.get(0), t.get(1)));
    }

    static long[] longs(List<Integer> numbers) {
        return numbers.stream().mapToLong(Integer::longValue).toArray();
    }
}
