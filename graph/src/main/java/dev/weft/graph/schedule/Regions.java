package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes regions of groups: adds the free values that each needs, and says what it reads and stores. */
final class Regions {

    private final Groups groups;

    Regions(Groups groups) {
        this.groups = groups;
    }

    List<Region> all() {
        return groups.order().stream().map(this::region).toList();
    }

    private Region region(Group group) {
        List<Value> outputs = Groups.sorted(group).stream()
                .filter(value -> groups.isOutput(value, group))
                .toList();
        List<Value> values = operandsFirst(outputs, group);
        Set<Value> own = new HashSet<>(values);
        Set<Value> inputs = new LinkedHashSet<>();
        for (Value value : values) {
            for (Value operand : value.operands()) {
                if (!own.contains(operand)) {
                    inputs.add(operand);
                }
            }
        }
        return new Region(group.kind, space(group, values), values, List.copyOf(inputs), outputs);
    }

    /**
     * What the outputs are made of, in the order in which a walk from them finishes it: a property of the computation alone, and not
     * of the numbers that values happen to have in their graph.
     */
    private List<Value> operandsFirst(List<Value> outputs, Group group) {
        Set<Value> done = new LinkedHashSet<>();
        Deque<Value> open = new ArrayDeque<>();
        outputs.reversed().forEach(open::push);
        while (!open.isEmpty()) {
            Value value = open.peek();
            boolean waits = false;
            if (!done.contains(value)) {
                for (Value operand : value.operands().reversed()) {
                    if (isInside(operand, group) && !done.contains(operand)) {
                        open.push(operand);
                        waits = true;
                    }
                }
            }
            if (!waits) {
                done.add(open.pop());
            }
        }
        return List.copyOf(done);
    }

    private boolean isInside(Value value, Group group) {
        return group.members.contains(value) || !groups.roles().isRoot(value);
    }

    private static IterationSpace space(Group group, List<Value> values) {
        Value first = Groups.sorted(group).getFirst();
        return switch (group.kind) {
            case TABLE -> new IterationSpace(sizes(first.type().shape()), List.of());
            case CONTRACT, STREAM ->
                contraction(values.stream()
                        .filter(value -> value.op() instanceof DotGeneral)
                        .findFirst()
                        .orElseThrow());
            case MAP -> first.op() instanceof Reduction reduction && group.alone ? strided(reduction) : map(group);
        };
    }

    /** (batch and free sizes of x | free sizes of y). */
    static IterationSpace contraction(Value value) {
        int columns = ((DotGeneral) value.op()).yFree().size();
        List<Long> sizes = sizes(value.type().shape());
        int split = sizes.size() - columns;
        return new IterationSpace(sizes.subList(0, split), sizes.subList(split, sizes.size()));
    }

    private static IterationSpace strided(Reduction reduction) {
        Shape shape = ReductionClass.operand(reduction);
        List<Long> reduced =
                ReductionClass.axes(reduction).stream().map(shape::size).toList();
        return new IterationSpace(sizes(reduction.type().shape()), reduced);
    }

    /** Sizes as the first full value has them whose axes split where rows begin. */
    private static IterationSpace map(Group group) {
        if (group.row == 0) {
            Shape shape = fullShapes(group).getFirst();
            return new IterationSpace(sizes(shape), List.of());
        }
        for (Shape shape : fullShapes(group)) {
            long inner = 1;
            int split = shape.rank();
            while (split > 0 && inner < group.row) {
                inner *= shape.size(--split);
            }
            if (inner == group.row) {
                List<Long> sizes = sizes(shape);
                return new IterationSpace(sizes.subList(0, split), sizes.subList(split, sizes.size()));
            }
        }
        return new IterationSpace(List.of(group.full / group.row), List.of(group.row));
    }

    private static List<Shape> fullShapes(Group group) {
        List<Shape> shapes = new ArrayList<>();
        for (Value member : Groups.sorted(group)) {
            Shape shape = member.op() instanceof Reduction reduction
                    ? ReductionClass.operand(reduction)
                    : member.type().shape();
            if (shape.elements() == group.full) {
                shapes.add(shape);
            }
        }
        return shapes;
    }

    private static List<Long> sizes(Shape shape) {
        return Arrays.stream(shape.sizes()).boxed().toList();
    }
}
