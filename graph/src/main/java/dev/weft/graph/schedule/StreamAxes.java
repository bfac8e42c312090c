package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.schedule.StreamLayout.Back;
import dev.weft.graph.schedule.StreamLayout.Front;
import dev.weft.graph.schedule.StreamLayout.Matrix;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The axes of an iteration space, and how the operands of a product go along them. */
final class StreamAxes {

    private final List<Long> outer;
    private final long columns;

    StreamAxes(IterationSpace space) {
        this.outer = space.outer();
        this.columns = space.rowElements();
    }

    long elements() {
        return columns * outer.stream().reduce(1L, Math::multiplyExact);
    }

    List<Long> outer() {
        return outer;
    }

    long rows() {
        return outer.isEmpty() ? 1 : outer.getLast();
    }

    long columns() {
        return columns;
    }

    /** Steps of one operand along every axis of the space, the columns last. */
    private final class Steps {
        private final long[] along = new long[outer.size() + 1];

        Matrix matrix(Value root, long offset, long own) {
            List<Long> steps = Arrays.stream(along).boxed().toList();
            return new Matrix(root, offset, steps.subList(0, outer.size()), along[outer.size()], own);
        }
    }

    /** The axis of the space that a tensor of the full size steps along by this; −1 if none. */
    private int axis(long size, long step) {
        if (size == columns && step == 1) {
            return outer.size();
        }
        long expected = columns;
        for (int i = outer.size() - 1; i >= 0; i--) {
            if (outer.get(i) == size && expected == step) {
                return i;
            }
            expected *= outer.get(i);
        }
        return -1;
    }

    /** Axes that a product has and the space has not, joined to one. */
    private static final class Own {
        private long size = 1;
        private long[] steps = {1, 1};
        private boolean even = true;

        void add(long axisSize, long first, long second) {
            if (axisSize == 1) {
                return;
            }
            if (size > 1) {
                even &= steps[0] == first * axisSize && steps[1] == second * axisSize;
            }
            size *= axisSize;
            steps = new long[] {first, second};
        }
    }

    /** A product of inputs whose result is of the full size, columns being those of one operand alone. */
    Optional<Front> front(Value value, Predicate<Value> isRoot) {
        DotGeneral dot = (DotGeneral) value.op();
        Shape shape = value.type().shape();
        Optional<Read> left = Read.of(dot.x(), isRoot);
        Optional<Read> right = Read.of(dot.y(), isRoot);
        if (shape.elements() != elements() || left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        Read x = left.get();
        Read y = right.get();
        Steps ofX = new Steps();
        Steps ofY = new Steps();
        long[] strides = shape.strides();
        int position = 0;
        for (int i = 0; i < dot.xBatch().size(); i++, position++) {
            long size = shape.size(position);
            int axis = axis(size, strides[position]);
            if (size > 1 && axis < 0) {
                return Optional.empty();
            }
            set(ofX, axis, size, x.step(dot.xBatch().get(i)));
            set(ofY, axis, size, y.step(dot.yBatch().get(i)));
        }
        for (int free : dot.xFree()) {
            long size = shape.size(position);
            int axis = axis(size, strides[position++]);
            if (size > 1 && axis < 0) {
                return Optional.empty();
            }
            set(ofX, axis, size, x.step(free));
        }
        for (int free : dot.yFree()) {
            long size = shape.size(position);
            int axis = axis(size, strides[position++]);
            if (size > 1 && axis < 0) {
                return Optional.empty();
            }
            set(ofY, axis, size, y.step(free));
        }
        Own depth = new Own();
        for (int i = 0; i < dot.xContract().size(); i++) {
            int axis = dot.xContract().get(i);
            depth.add(
                    dot.x().type().size(axis),
                    x.step(axis),
                    y.step(dot.yContract().get(i)));
        }
        Matrix rows = ofX.matrix(x.root(), x.view().offset(), depth.steps[0]);
        Matrix across = ofY.matrix(y.root(), y.view().offset(), depth.steps[1]);
        boolean steps = (rows.row() != 0 || rows() == 1) && across.column() != 0;
        boolean apart = rows.column() == 0 && across.row() == 0 && steps;
        return depth.even && apart ? Optional.of(new Front(value, rows, across, depth.size)) : Optional.empty();
    }

    private static void set(Steps steps, int axis, long size, long step) {
        if (size > 1) {
            steps.along[axis] = step;
        }
    }

    /** An operand as a view of what is stored. */
    private record Read(Value root, StridedView view) {

        static Optional<Read> of(Value operand, Predicate<Value> isRoot) {
            Value root = Access.of(operand, isRoot).root();
            return isRoot.test(root)
                    ? StridedView.of(operand, root).map(view -> new Read(root, view))
                    : Optional.empty();
        }

        long step(int axis) {
            return view.strides().get(axis);
        }
    }

    /**
     * A product of a value of the full size and an input, that contracts either the columns or the rows.
     *
     * @param isRoot whether a value is read from memory
     * @param stored where movement alone brings the result
     */
    Optional<Back> back(Value value, Predicate<Value> isRoot, Value stored) {
        DotGeneral dot = (DotGeneral) value.op();
        Value x = Access.of(dot.x(), isRoot).root();
        Value y = Access.of(dot.y(), isRoot).root();
        boolean panelIsX = isPanel(x, isRoot, dot.x());
        boolean panelIsY = isPanel(y, isRoot, dot.y());
        if (panelIsX == panelIsY) {
            return Optional.empty();
        }
        return StridedView.within(value, stored)
                .flatMap(target -> panelIsX
                        ? back(
                                value,
                                x,
                                dot.x(),
                                dot.xBatch(),
                                dot.xContract(),
                                dot.xFree(),
                                new Other(dot.y(), dot.yBatch(), dot.yContract(), dot.yFree(), true),
                                isRoot,
                                stored,
                                target)
                        : back(
                                value,
                                y,
                                dot.y(),
                                dot.yBatch(),
                                dot.yContract(),
                                dot.yFree(),
                                new Other(dot.x(), dot.xBatch(), dot.xContract(), dot.xFree(), false),
                                isRoot,
                                stored,
                                target));
    }

    /** Whether an operand is all of a value of the full size that is computed inside. */
    private boolean isPanel(Value root, Predicate<Value> isRoot, Value operand) {
        return !isRoot.test(root)
                && root.type().shape().elements() == elements()
                && operand.type().shape().elements() == elements();
    }

    /** The operand that is no panel; {@code last} where its free axes are the last of the result. */
    private record Other(
            Value operand, List<Integer> batch, List<Integer> contract, List<Integer> free, boolean last) {}

    private Optional<Back> back(
            Value value,
            Value panel,
            Value operand,
            List<Integer> batch,
            List<Integer> contract,
            List<Integer> free,
            Other other,
            Predicate<Value> isRoot,
            Value stored,
            StridedView target) {
        Optional<StridedView> inside = StridedView.of(operand, panel);
        Optional<Read> read = Read.of(other.operand(), isRoot);
        if (inside.isEmpty() || read.isEmpty()) {
            return Optional.empty();
        }
        Read reads = read.get();
        Steps ofOperand = new Steps();
        Steps ofTarget = new Steps();
        List<Integer> contracted = new ArrayList<>();
        int firstFree = batch.size() + (other.last() ? 0 : other.free().size());
        for (int at = 0; at < operand.type().rank(); at++) {
            long size = operand.type().size(at);
            int axis = axis(size, inside.get().strides().get(at));
            if (size == 1) {
                continue;
            }
            if (axis < 0) {
                return Optional.empty();
            }
            if (batch.contains(at)) {
                int pair = batch.indexOf(at);
                ofOperand.along[axis] = reads.step(other.batch().get(pair));
                ofTarget.along[axis] = target.strides().get(pair);
            } else if (contract.contains(at)) {
                ofOperand.along[axis] = reads.step(other.contract().get(contract.indexOf(at)));
                contracted.add(axis);
            } else {
                ofTarget.along[axis] = target.strides().get(firstFree + free.indexOf(at));
            }
        }
        boolean overColumns = contracted.contains(outer.size());
        boolean overRows = contracted.contains(outer.size() - 1);
        Own width = new Own();
        int firstOwn = batch.size() + (other.last() ? free.size() : 0);
        for (int i = 0; i < other.free().size(); i++) {
            int axis = other.free().get(i);
            width.add(
                    other.operand().type().size(axis),
                    reads.step(axis),
                    target.strides().get(firstOwn + i));
        }
        Matrix from = ofOperand.matrix(reads.root(), reads.view().offset(), width.steps[0]);
        Matrix to = ofTarget.matrix(stored, target.offset(), width.steps[1]);
        boolean apart = overRows ? from.column() == 0 : from.row() == 0;
        boolean holds = overColumns != overRows && apart && width.even;
        return holds ? Optional.of(new Back(value, panel, from, to, width.size, overRows)) : Optional.empty();
    }
}
