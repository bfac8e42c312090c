package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
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
