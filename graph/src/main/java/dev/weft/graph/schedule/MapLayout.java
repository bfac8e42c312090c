package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.StopGradient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How the values of a map region move with its iteration space. What a generator can rely on:
 *
 * <ul>
 *   <li>A {@code FULL} value is computed once per point (o, r) and is element {@code o · rowElements + r}, whatever its shape.
 *   <li>A {@code ROW} value is computed once per row and is element o: the result of a {@code ROW} reduction, or arithmetic on such.
 *   <li>A {@code FREE} value is a function of the index its user asks for: a constant, iota, random, movement, or arithmetic on these.
 *       Movement asks its operand at {@link Movement.Layout#source}. So are the parts of a concat where the {@link FusionModel} joins.
 *   <li>A {@code PARTIAL} value is the result of a {@code COLUMN} or {@code FULL} reduction: an output, never read inside.
 *   <li>Following an operand through movement ({@link Access#of}) ends at an input, read by any pattern; or at a pure free value; or
 *       at a {@code FULL} value read from a full place by {@code IDENTITY}; or at a {@code ROW} value read from a row place by
 *       {@code IDENTITY}, from a full place by {@code INNER} with the row's elements (or {@code SCALAR}, if there is one row). So what is
 *       computed inside is always the current point's or the current row's.
 *   <li>The one exception is a region of one {@code STRIDED} reduction, see {@link ReductionClass#STRIDED}.
 * </ul>
 */
public final class MapLayout {

    /** When a value of a map region is computed. */
    public enum Level {
        FULL,
        ROW,
        FREE,
        PARTIAL
    }

    private final Region region;
    private final Set<Value> own;
    private final Set<Value> outputs;
    private final Set<Value> joined;
    private final Map<Value, Level> levels = new HashMap<>();
    private final Map<Value, ReductionClass> reductions = new HashMap<>();

    private MapLayout(Region region) {
        this.region = region;
        this.own = new HashSet<>(region.values());
        this.outputs = new HashSet<>(region.outputs());
        this.joined = Joins.inside(region);
        for (Value value : region.values()) {
            levels.put(value, levelOf(value));
        }
    }

    public static MapLayout of(Region region) {
        return new MapLayout(region);
    }

    /** When a value of the region is computed. */
    public Level level(Value value) {
        return levels.getOrDefault(value, Level.FREE);
    }

    /** The class of a reduction of the region. */
    public ReductionClass reduction(Value value) {
        return reductions.getOrDefault(value, ReductionClass.STRIDED);
    }

    /** How a value of the region reads {@code operand}: down to an input, or to a value that is computed inside. */
    public Access access(Value operand) {
        return Access.of(
                operand, value -> !own.contains(value) || outputs.contains(value) && value != operand || !moves(value));
    }

    private static boolean moves(Value value) {
        return value.op() instanceof Movement.Layout || value.op() instanceof StopGradient;
    }

    private Level levelOf(Value value) {
        long elements = value.type().shape().elements();
        if (value.op() instanceof Reduction reduction) {
            ReductionClass kind = ReductionClass.of(reduction);
            reductions.put(value, kind);
            return switch (kind) {
                case ROW, STRIDED -> Level.ROW;
                case COLUMN, FULL -> Level.PARTIAL;
            };
        }
        if (!outputs.contains(value) && (moves(value) || joined.contains(value) || isPure(value))) {
            return Level.FREE;
        }
        return elements == region.space().elements() ? Level.FULL : Level.ROW;
    }

    /** Whether all that a value is made of inside the region is free, down to inputs of one element. */
    private boolean isPure(Value value) {
        for (Value operand : value.operands()) {
            Access access = access(operand);
            boolean free = own.contains(access.root())
                    ? levels.get(access.root()) == Level.FREE
                    : access.root().type().shape().elements() == 1;
            if (!free) {
                return false;
            }
        }
        return true;
    }
}
