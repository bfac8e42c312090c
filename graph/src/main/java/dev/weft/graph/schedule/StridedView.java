package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A tensor read in place from a stored one: element {@code i} lies at {@code offset + Σ i[axis] · strides[axis]}, in elements of
 * the root. A stride of 0 repeats.
 */
public record StridedView(long offset, List<Long> sizes, List<Long> strides) {

    public StridedView {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
    }

    /** All of a row-major tensor. */
    public static StridedView contiguous(Shape shape) {
        return new StridedView(0, boxed(shape.sizes()), boxed(shape.strides()));
    }

    /** {@code value} as a view of {@code root}, from which only movement leads to it; empty where strides cannot say it. */
    public static Optional<StridedView> of(Value value, Value root) {
        Deque<Value> chain = new ArrayDeque<>();
        for (Value at = value; at != root; at = at.operands().getFirst()) {
            if (at.operands().size() != 1) {
                return Optional.empty();
            }
            chain.push(at);
        }
        Optional<StridedView> view = Optional.of(contiguous(root.type().shape()));
        for (Value step : chain) {
            view = view.flatMap(from -> from.then(step));
        }
        return view;
    }

    /**
     * Where the elements of {@code value} lie in {@code stored}, to which only reshapes, permutations and one join lead from it; empty where
     * strides cannot say it.
     */
    public static Optional<StridedView> within(Value value, Value stored) {
        Optional<StridedView> view = Optional.of(contiguous(stored.type().shape()));
        Value at = stored;
        while (at != value) {
            Value step = at;
            Optional<Value> before = before(step, value);
            if (before.isEmpty()) {
                return Optional.empty();
            }
            at = before.get();
            view = view.flatMap(whole -> whole.partOf(step, before.get()));
        }
        return view;
    }

    /** The operand of {@code step} through which movement comes from {@code value}. */
    private static Optional<Value> before(Value step, Value value) {
        return switch (step.op()) {
            case Reshape reshape -> Optional.of(reshape.x());
            case Permute permute -> Optional.of(permute.x());
            case StopGradient same -> Optional.of(same.x());
            case Concat concat -> {
                List<Value> parts = concat.parts().stream()
                        .filter(part -> leads(value, part))
                        .toList();
                yield parts.size() == 1 ? Optional.of(parts.getFirst()) : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private static boolean leads(Value value, Value to) {
        Value at = to;
        while (at != value) {
            switch (at.op()) {
                case Reshape reshape -> at = reshape.x();
                case Permute permute -> at = permute.x();
                case StopGradient same -> at = same.x();
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    /** Where the elements of {@code operand} lie, this being where those of {@code step} do. */
    private Optional<StridedView> partOf(Value step, Value operand) {
        return switch (step.op()) {
            case Reshape reshape -> reshaped(operand.type().shape().sizes());
            case StopGradient same -> Optional.of(this);
            case Permute permute -> {
                Long[] sizes = new Long[this.sizes.size()];
                Long[] strides = new Long[sizes.length];
                for (int axis = 0; axis < sizes.length; axis++) {
                    sizes[permute.axes().get(axis)] = this.sizes.get(axis);
                    strides[permute.axes().get(axis)] = this.strides.get(axis);
                }
                yield Optional.of(new StridedView(offset, List.of(sizes), List.of(strides)));
            }
            case Concat concat -> {
                long start = 0;
                for (Value part : concat.parts().subList(0, concat.parts().indexOf(operand))) {
                    start += part.type().size(concat.axis());
                }
                yield Optional.of(new StridedView(
                        offset + start * strides.get(concat.axis()),
                        boxed(operand.type().shape().sizes()),
                        strides));
            }
            default -> Optional.empty();
        };
    }

    private Optional<StridedView> then(Value step) {
        return switch (step.op()) {
            case Reshape reshape -> reshaped(reshape.shape().sizes());
            case Permute permute ->
                Optional.of(new StridedView(
                        offset,
                        permute.axes().stream().map(sizes::get).toList(),
                        permute.axes().stream().map(strides::get).toList()));
            case Broadcast broadcast -> Optional.of(repeated(broadcast));
            case Slice slice -> Optional.of(window(slice));
            case StopGradient same -> Optional.of(this);
            default -> Optional.empty();
        };
    }

    private StridedView repeated(Broadcast broadcast) {
        long[] strides = new long[broadcast.shape().rank()];
        for (int axis = 0; axis < broadcast.axes().size(); axis++) {
            strides[broadcast.axes().get(axis)] = this.strides.get(axis);
        }
        return new StridedView(offset, boxed(broadcast.shape().sizes()), boxed(strides));
    }

    private StridedView window(Slice slice) {
        long start = offset;
        List<Long> steps = new ArrayList<>();
        for (int axis = 0; axis < strides.size(); axis++) {
            start += slice.starts().get(axis) * strides.get(axis);
            steps.add(slice.strides().get(axis) * strides.get(axis));
        }
        return new StridedView(start, boxed(slice.type().shape().sizes()), steps);
    }

    /** Splits and joins axes where the strides allow it: groups of old and new axes of one product, each group evenly spaced. */
    private Optional<StridedView> reshaped(long[] to) {
        long[] result = new long[to.length];
        if (Arrays.stream(to).anyMatch(size -> size == 0)) {
            return Optional.of(new StridedView(offset, boxed(to), boxed(result)));
        }
        List<Integer> old = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            if (sizes.get(axis) != 1) {
                old.add(axis);
            }
        }
        int next = 0;
        int axis = 0;
        while (axis < to.length) {
            if (to[axis] == 1) {
                axis++;
                continue;
            }
            int from = next;
            long have = sizes.get(old.get(next++));
            int last = axis + 1;
            long want = to[axis];
            while (have != want) {
                if (have < want) {
                    have *= sizes.get(old.get(next++));
                } else {
                    want *= to[last++];
                }
            }
            if (!even(old.subList(from, next))) {
                return Optional.empty();
            }
            long stride = strides.get(old.get(next - 1));
            for (int k = last - 1; k >= axis; k--) {
                result[k] = stride;
                stride *= to[k];
            }
            axis = last;
        }
        return Optional.of(new StridedView(offset, boxed(to), boxed(result)));
    }

    private boolean even(List<Integer> axes) {
        for (int i = 0; i + 1 < axes.size(); i++) {
            int outer = axes.get(i);
            int inner = axes.get(i + 1);
            if (strides.get(outer) != strides.get(inner) * sizes.get(inner)) {
                return false;
            }
        }
        return true;
    }

    private static List<Long> boxed(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
