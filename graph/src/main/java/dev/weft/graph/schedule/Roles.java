package dev.weft.graph.schedule;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.op.Table;
import dev.weft.graph.pass.precision.QuantizedRows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which values are free and which are roots. A free value is never stored: every region that needs it has its own copy. Free are
 * constants, iota, random, movement, and little arithmetic on these and on scalars, that only a join reads ({@link Joins}), or that restores
 * an operand of a product ({@link Widened}) or rounds one ({@link Rounded}). A root is a parameter, or computed in one region
 * and stored where another reads it.
 */
final class Roles {

    /** Most arithmetic that is repeated in every region that needs a free value. */
    private static final int FREE_WEIGHT = 64;

    /** Most stored scalars that a free value is made of. */
    private static final int FREE_LEAVES = 4;

    private final Graph graph;
    private final boolean[] free;
    private final int[] weight;
    private final List<Set<Value>> leaves = new ArrayList<>();
    private final List<List<Access>> uses = new ArrayList<>();
    private final List<List<Value>> users = new ArrayList<>();
    private final Set<Value> results;
    private final Set<Value> widened;
    private final Map<Value, QuantizedRows> rounded;
    private final @Nullable Joins joins;

    Roles(Graph graph, FusionModel model) {
        this.graph = graph;
        this.results = new HashSet<>(graph.results());
        int bound = graph.values().isEmpty() ? 0 : graph.values().getLast().id() + 1;
        free = new boolean[bound];
        weight = new int[bound];
        for (int i = 0; i < bound; i++) {
            leaves.add(Set.of());
            uses.add(List.of());
            users.add(new ArrayList<>(2));
        }
        for (Value value : graph.values()) {
            if (!(value.op() instanceof Primitive)) {
                throw new DefectException("schedule of %s: calls and gradients must be gone, got %s"
                        .formatted(graph.name(), value.op().mnemonic()));
            }
            free[value.id()] = model.fuse() && isFree(value);
        }
        graph.results().forEach(result -> free[result.id()] = false);
        joins = model.joins() ? new Joins(graph) : null;
        widened = model.fuse() && model.widens() ? Widened.inside(graph) : Set.of();
        widened.forEach(value -> free[value.id()] = true);
        rounded = model.rounds() ? Rounded.inside(graph, widened) : Map.of();
        rounded.values().forEach(rows -> rows.steps().forEach(value -> free[value.id()] = true));
        graph.values().forEach(this::materializeOperands);
        carryParts();
        for (Value value : graph.values()) {
            if (isRoot(value)) {
                connect(value);
            }
        }
    }

    Graph graph() {
        return graph;
    }

    /** Number of ids. */
    int bound() {
        return free.length;
    }

    boolean isRoot(Value value) {
        return !free[value.id()];
    }

    boolean isComputed(Value value) {
        return isRoot(value) && !(value.op() instanceof Parameter);
    }

    boolean isResult(Value value) {
        return results.contains(value);
    }

    /** How a root reads the roots it needs, once for each way; the index is that of the operand it is read for. */
    List<Access> uses(Value root) {
        return uses.get(root.id());
    }

    /** The roots that read a root, once each. */
    List<Value> users(Value root) {
        return users.get(root.id());
    }

    private boolean isFree(Value value) {
        return switch (value.op()) {
            case Constant op -> true;
            case Iota op -> true;
            case Random op -> pure(value, Weight.RANDOM);
            case Elementwise op when isScalar(value) -> pure(value, 1);
            case Elementwise op -> Weight.of(value) <= Weight.DIVISION && pure(value, Weight.of(value));
            case Movement.Layout op -> moves(value);
            case StopGradient op -> moves(value);
            default -> false;
        };
    }

    /** Movement is free whatever it moves; this only notes whether it moves a pure value. */
    private boolean moves(Value value) {
        pure(value, 0);
        return true;
    }

    private static boolean isScalar(Value value) {
        return value.type().shape().elements() == 1;
    }

    /** Whether a value is little arithmetic on free values and few scalars; notes its weight and these scalars. */
    private boolean pure(Value value, int own) {
        int sum = own;
        Set<Value> scalars = new HashSet<>();
        for (Value operand : value.operands()) {
            if (free[operand.id()] && weight[operand.id()] >= 0) {
                sum += weight[operand.id()];
                scalars.addAll(leaves.get(operand.id()));
            } else if (isScalar(operand)) {
                scalars.add(operand);
            } else {
                weight[value.id()] = -1;
                return false;
            }
        }
        boolean small = sum <= FREE_WEIGHT && scalars.size() <= FREE_LEAVES;
        weight[value.id()] = small ? sum : -1;
        if (small) {
            leaves.set(value.id(), Set.copyOf(scalars));
        }
        return small;
    }

    /** Makes roots of the operands that a region of this op cannot read in place. */
    private void materializeOperands(Value value) {
        switch (value.op()) {
            case DotGeneral dot -> {
                QuantizedRows rows = rounded.get(dot.x());
                Value left = rows == null ? dot.x() : rows.x();
                materializeUnless(isView(left, dot.xBatch()), left);
                materializeUnless(isView(dot.y(), dot.yBatch()) || widened.contains(dot.y()), dot.y());
            }
            case Table op -> value.operands().forEach(operand -> materializeUnless(isInPlace(operand), operand));
            case CumulativeSum op -> materializeUnless(isInPlace(op.x()), op.x());
            default -> {}
        }
    }

    private void materializeUnless(boolean inPlace, Value operand) {
        if (!inPlace) {
            free[operand.id()] = false;
            if (joins != null) {
                joins.behind(operand).forEach(join -> free[join.id()] = true);
            }
        }
    }

    /** Lets regions compute the parts of a join where they write it. */
    private void carryParts() {
        for (Value value : joins == null ? List.<Value>of() : graph.values()) {
            if (joins != null && value.op() instanceof Concat) {
                for (Value part : value.operands()) {
                    joins.within(value, part, this::isRoot).forEach(carried -> free[carried.id()] = true);
                }
            }
        }
    }

    /** Whether strides lead from a root to this operand of a product, with repetition along batch axes only. */
    private boolean isView(Value operand, List<Integer> batch) {
        Value root = Access.of(operand, this::isRoot).root();
        if (!isRoot(root)) {
            return false;
        }
        return StridedView.of(operand, root)
                .filter(view -> repeatsOnly(view, batch))
                .isPresent();
    }

    private static boolean repeatsOnly(StridedView view, List<Integer> batch) {
        for (int axis = 0; axis < view.sizes().size(); axis++) {
            if (view.strides().get(axis) == 0 && view.sizes().get(axis) > 1 && !batch.contains(axis)) {
                return false;
            }
        }
        return true;
    }

    private boolean isInPlace(Value operand) {
        Access access = Access.of(operand, this::isRoot);
        return !isRoot(access.root()) || access.pattern() == Access.Pattern.IDENTITY;
    }

    private void connect(Value root) {
        Set<Access> found = new LinkedHashSet<>();
        boolean moves = Access.isStep(root);
        for (Value operand : root.operands()) {
            Access access = Access.of(operand, this::isRoot);
            if (!isRoot(access.root())) {
                rootsOf(access.root()).forEach(read -> found.add(new Access(read, elsewhere(read), 1)));
            } else if (root.op() instanceof Concat) {
                found.add(new Access(access.root(), Access.Pattern.GENERAL, 1));
            } else {
                found.add(moves ? access.then(root) : access);
            }
        }
        uses.set(root.id(), List.copyOf(found));
        found.stream().map(Access::root).distinct().forEach(read -> users.get(read.id())
                .add(root));
    }

    /** How what a free value is made of is read: scalars, or the tensors behind the parts of a join. */
    private static Access.Pattern elsewhere(Value read) {
        return isScalar(read) ? Access.Pattern.SCALAR : Access.Pattern.GENERAL;
    }

    /** The roots that a free value is computed from. */
    private Set<Value> rootsOf(Value value) {
        Set<Value> roots = new LinkedHashSet<>();
        Set<Value> seen = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (!seen.add(next)) {
                continue;
            }
            if (isRoot(next)) {
                roots.add(next);
            } else {
                open.addAll(next.operands());
            }
        }
        return roots;
    }
}
