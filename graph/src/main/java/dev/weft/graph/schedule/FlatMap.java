package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Binary;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A map region that does the same at every element of its tensors and does not ask where it is: arithmetic, and reductions of all
 * elements. Its text leaves out shapes, so that regions of one text differ in nothing but which tensors they work on and how many
 * elements these have.
 *
 * @param region with values, inputs and outputs in the order of the text
 * @param text what is computed
 */
record FlatMap(Region region, String text) {

    /** The form of a region; empty if its values ask for a position, a row, or for anything but their own element and scalars. */
    static Optional<FlatMap> of(Region region) {
        long elements = region.space().elements();
        if (region.kind() != Region.Kind.MAP || !region.parts().isEmpty() || elements < 2) {
            return Optional.empty();
        }
        Set<Value> own = new HashSet<>(region.values());
        for (Value value : region.values()) {
            boolean output = region.outputs().contains(value);
            if (!isFlat(value, elements, own, output)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Walk(region, own).form());
    }

    private static boolean isFlat(Value value, long elements, Set<Value> own, boolean output) {
        if (Access.isStep(value)) {
            return !output;
        }
        if (value.op() instanceof Constant) {
            return true;
        }
        boolean reduces = value.op() instanceof Reduction reduction
                && !(reduction instanceof ArgMax)
                && ReductionClass.of(reduction) == ReductionClass.FULL
                && output;
        if (!reduces && !(value.op() instanceof Elementwise)) {
            return false;
        }
        long size = value.type().shape().elements();
        if (size != elements && size != 1) {
            return false;
        }
        for (Value operand : value.operands()) {
            Access access = access(operand, own);
            boolean result = own.contains(access.root()) && access.root().op() instanceof Reduction;
            boolean known = access.pattern() == Access.Pattern.IDENTITY || access.pattern() == Access.Pattern.SCALAR;
            long read = access.root().type().shape().elements();
            if (result || !known || (reduces && read != elements) || (read != elements && read != 1)) {
                return false;
            }
        }
        return true;
    }

    private static Access access(Value operand, Set<Value> own) {
        return Access.of(operand, value -> !own.contains(value));
    }

    /** Numbers what the outputs are made of, operands first. */
    private static final class Walk {
        private final Region region;
        private final Set<Value> own;
        private final Map<Value, Integer> shapes = new HashMap<>();
        private final Map<Value, String> lines = new HashMap<>();
        private final Map<Value, Integer> numbers = new HashMap<>();
        private final Set<Value> order = new LinkedHashSet<>();
        private final List<Value> inputs = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();

        Walk(Region region, Set<Value> own) {
            this.region = region;
            this.own = own;
            region.inputs().forEach(input -> shapes.put(input, kind(input).hashCode()));
            // What a value is made of, whichever of two equal operands comes first: gives an order that ids do not.
            for (Value value : region.values()) {
                if (!Access.isStep(value)) {
                    shapes.put(value, shape(value));
                }
            }
        }

        private int shape(Value value) {
            List<Integer> operands = new ArrayList<>(value.operands().stream()
                    .map(operand -> shapes.get(root(operand)))
                    .toList());
            if (commutes(value)) {
                operands.sort(null);
            }
            String line = line(value);
            lines.put(value, line);
            return (line + operands).hashCode();
        }

        private static boolean commutes(Value value) {
            return value.op() instanceof Binary binary && binary.commutes();
        }

        FlatMap form() {
            List<Value> outputs = region.outputs().stream()
                    .sorted(Comparator.comparing((Value output) -> shapes.get(output))
                            .thenComparing(Value::id))
                    .toList();
            outputs.forEach(this::number);
            outputs.forEach(output -> text.append(' ').append(numbers.get(output)));
            long elements = region.space().elements();
            Region ordered = new Region(
                    Region.Kind.MAP,
                    new IterationSpace(List.of(elements), List.of()),
                    List.copyOf(order),
                    inputs,
                    outputs);
            return new FlatMap(ordered, text.toString());
        }

        /** Regions hold a bounded number of values, so that recursion is no danger. */
        private void number(Value value) {
            if (numbers.containsKey(value)) {
                return;
            }
            if (!own.contains(value)) {
                inputs.add(value);
                numbers.put(value, numbers.size());
                text.append("in ").append(kind(value)).append('\n');
                return;
            }
            List<Value> operands = new ArrayList<>(value.operands());
            if (commutes(value)) {
                operands.sort(Comparator.comparing((Value operand) -> shapes.get(root(operand)))
                        .thenComparing(operand -> root(operand).id()));
            }
            StringBuilder references = new StringBuilder();
            for (Value operand : operands) {
                number(operand);
                references.append(' ').append(numbers.get(operand));
            }
            order.add(value);
            if (Access.isStep(value)) {
                numbers.put(value, numbers.get(value.operands().getFirst()));
            } else {
                numbers.put(value, numbers.size());
                text.append(lines.get(value)).append(references).append('\n');
            }
        }

        private Value root(Value operand) {
            return access(operand, own).root();
        }

        /** The element type, and whether there is one for each point or only one. */
        private static String kind(Value value) {
            return value.type().element() + (value.type().shape().elements() == 1 ? " one" : " each");
        }

        private static String line(Value value) {
            StringBuilder line = new StringBuilder(value.op().mnemonic());
            if (!(value.op() instanceof Reduction)) {
                OpSchema.of(value.op()).attributes(value.op()).forEach((name, attribute) -> {
                    if (!(attribute instanceof Shape)) {
                        line.append(' ').append(name).append('=').append(attribute);
                    }
                });
            }
            return line.append(' ').append(kind(value)).toString();
        }
    }
}
