package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A part of a graph that runs as one kernel.
 *
 * <ul>
 *   <li>{@code MAP}: elementwise work and reductions over {@code space}; {@link MapLayout} gives each value's level.
 *   <li>{@code CONTRACT}: one dot_general, whose operands are strided views of inputs ({@link StridedView#of}), then elementwise
 *       values at the same linear index as its result, and reductions of such over all rows ({@code COLUMN}) or everything ({@code FULL}),
 *       which nothing inside reads. {@code space} is (batch and M sizes | N sizes). A backend may move sums of an operand here that its
 *       products make.
 *   <li>{@code STREAM}: products, then elementwise values and reductions of rows, then products of these, by panels of rows; no value of
 *       the full size is stored ({@link StreamLayout}). {@code space} is (loops and rows | columns).
 *   <li>{@code TABLE}: one gather, scatter_add, dynamic_slice, dynamic_update or cumulative_sum; its operands are inputs, up to
 *       reshapes, or computed inside from constants and scalars.
 * </ul>
 *
 * @param values what is computed inside, operands first; a value may be computed in several regions
 * @param inputs what is read: parameters of the graph and outputs of earlier regions, in order of first use
 * @param outputs those of {@code values} that are stored: other regions read them or the graph gives them
 * @param parts of a {@code MAP} that does one thing to many tensors ({@link #loop}): maps of one text, none of which needs another; inputs
 *     and outputs of the same number stand for each other. Otherwise empty.
 */
public record Region(
        Kind kind,
        IterationSpace space,
        List<Value> values,
        List<Value> inputs,
        List<Value> outputs,
        List<Region> parts) {

    /** The shape of the computation. */
    public enum Kind {
        MAP,
        CONTRACT,
        STREAM,
        TABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Region {
        values = List.copyOf(values);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        parts = List.copyOf(parts);
    }

    public Region(Kind kind, IterationSpace space, List<Value> values, List<Value> inputs, List<Value> outputs) {
        this(kind, space, values, inputs, outputs, List.of());
    }

    /** The region that does all of these flat maps of one text: its space is their points, one after the other. */
    public static Region loop(List<Region> parts) {
        Set<Value> values = new LinkedHashSet<>();
        Set<Value> inputs = new LinkedHashSet<>();
        Set<Value> outputs = new LinkedHashSet<>();
        long points = 0;
        for (Region part : parts) {
            values.addAll(part.values());
            inputs.addAll(part.inputs());
            outputs.addAll(part.outputs());
            points += part.space().elements();
        }
        IterationSpace space = new IterationSpace(List.of(points), List.of());
        return new Region(Kind.MAP, space, List.copyOf(values), List.copyOf(inputs), List.copyOf(outputs), parts);
    }

    /** The product of a contract region. */
    public DotGeneral dot() {
        return (DotGeneral) dotValue().op();
    }

    /** The value of {@link #dot}. */
    public Value dotValue() {
        return values.stream()
                .filter(value -> value.op() instanceof DotGeneral)
                .findFirst()
                .orElseThrow();
    }
}
