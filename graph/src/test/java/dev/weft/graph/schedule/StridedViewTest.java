package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Movement as strides, against what the ops say. */
class StridedViewTest {

    @Test
    void chainsOfMovementReadTheSameElements() {
        int expressible = 0;
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            GraphBuilder builder = new GraphBuilder("views");
            Value root = builder.parameter("x", TensorType.of(ElementType.F32, 4, 6, 2));
            Tensor data = Tensor.of(
                    root.type(), LongStream.range(0, 48).asDoubleStream().toArray());
            Value value = root;
            Tensor wanted = data;
            for (int step = random.nextInt(5); step > 0; step--) {
                value = builder.add(step(value, random));
                wanted = ((Primitive) value.op()).evaluate(List.of(wanted));
            }
            Optional<StridedView> view = StridedView.of(value, root);
            if (view.isPresent()) {
                expressible++;
                assertThat(read(view.get(), data, wanted.type()))
                        .as("seed %d", seed)
                        .isEqualTo(wanted.toArray());
            }
            Access access = Access.of(value, other -> other == root);
            assertThat(agrees(access, data, wanted))
                    .as("seed %d: %s", seed, access)
                    .isTrue();
        }
        assertThat(expressible).isGreaterThan(1000);
    }

    private static double[] read(StridedView view, Tensor data, TensorType type) {
        assertThat(view.sizes())
                .isEqualTo(LongStream.of(type.shape().sizes()).boxed().toList());
        Tensor result = Tensor.zeros(type);
        result.forEachIndex((i, index) -> {
            long at = view.offset();
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * view.strides().get(axis);
            }
            result.set(i, data.get((int) at));
        });
        return result.toArray();
    }

    private static boolean agrees(Access access, Tensor data, Tensor wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            long at =
                    switch (access.pattern()) {
                        case IDENTITY -> i;
                        case INNER -> i / access.factor();
                        case OUTER -> i % access.factor();
                        case SCALAR -> 0;
                        case GENERAL -> (long) wanted.get(i);
                    };
            if (data.get((int) at) != wanted.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static Primitive step(Value x, Random random) {
        Shape shape = x.type().shape();
        return switch (random.nextInt(4)) {
            case 0 -> {
                List<Integer> axes = new ArrayList<>();
                for (int axis = 0; axis < shape.rank(); axis++) {
                    axes.add(axis);
                }
                Collections.shuffle(axes, random);
                yield new Permute(x, axes);
            }
            case 1 -> new Reshape(x, reshaped(shape, random));
            case 2 ->
                new Slice(
                        x,
                        starts(shape, random),
                        limits(shape),
                        Collections.nCopies(shape.rank(), 1L + random.nextInt(2)));
            default -> repeated(x, random);
        };
    }

    private static List<Long> starts(Shape shape, Random random) {
        return LongStream.of(shape.sizes())
                .map(size -> size > 1 ? random.nextInt(2) : 0)
                .boxed()
                .toList();
    }

    private static List<Long> limits(Shape shape) {
        return LongStream.of(shape.sizes()).boxed().toList();
    }

    /** Splits an axis or joins two. */
    private static Shape reshaped(Shape shape, Random random) {
        List<Long> sizes = new ArrayList<>(limits(shape));
        int axis = sizes.isEmpty() ? 0 : random.nextInt(sizes.size());
        if (!sizes.isEmpty() && sizes.get(axis) % 2 == 0 && random.nextBoolean()) {
            sizes.set(axis, sizes.get(axis) / 2);
            sizes.add(axis + random.nextInt(2), 2L);
        } else if (axis + 1 < sizes.size()) {
            sizes.set(axis, sizes.get(axis) * sizes.remove(axis + 1));
        } else {
            sizes.add(axis, 1L);
        }
        return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    }

    private static Primitive repeated(Value x, Random random) {
        List<Long> sizes = new ArrayList<>(limits(x.type().shape()));
        int added = random.nextInt(sizes.size() + 1);
        sizes.add(added, 3L);
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            if (axis != added) {
                axes.add(axis);
            }
        }
        return new Broadcast(
                x, Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()), axes);
    }
}
