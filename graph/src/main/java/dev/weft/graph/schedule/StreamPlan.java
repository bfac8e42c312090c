package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one map group would become a stream with: found without changing anything. */
final class StreamPlan {

    /** Values behind the products that are looked at for further products. */
    private static final int MOST_FOLLOWED = 256;

    private final Groups groups;
    private final FusionModel model;
    private final Group core;
    private final Set<Value> inside;
    private final Set<Value> fronts = new LinkedHashSet<>();
    private final Set<Value> repeated = new LinkedHashSet<>();
    private final List<Value> backs = new ArrayList<>();
    private @Nullable StreamAxes axes;
    private @Nullable String reason;

    StreamPlan(Group core, Groups groups, FusionModel model) {
        this.core = core;
        this.groups = groups;
        this.model = model;
        this.inside = new HashSet<>(core.members);
        this.reason = find();
    }

    /** Why there is no stream; null if there is one. */
    @Nullable
    String reason() {
        return reason;
    }

    /** Products that the core reads, each computed inside. */
    Set<Value> fronts() {
        return fronts;
    }

    /** Values of the core that other groups compute too. */
    Set<Value> repeated() {
        return repeated;
    }

    /** Products that contract a value of the core. */
    List<Value> backs() {
        return backs;
    }

    private @Nullable String find() {
        List<Value> products = groups.inputs(core).stream()
                .filter(input -> isFull(input) && input.op() instanceof DotGeneral)
                .toList();
        if (products.isEmpty()) {
            return "no product gives it all its elements";
        }
        Shape shape = products.getFirst().type().shape();
        axes = new StreamAxes(Regions.contraction(products.getFirst()));
        String limit = overLimits(shape);
        if (limit != null) {
            return limit;
        }
        for (Value input : groups.inputs(core)) {
            if (isFull(input) && groups.roles().isComputed(input) && !include(input, shape)) {
                return "it reads a tensor that cannot be computed by panels";
            }
        }
        for (Value member : core.members) {
            if (member.op() instanceof Reduction reduction
                    && (ReductionClass.of(reduction) != ReductionClass.ROW
                            || ReductionClass.operand(reduction).elements() != core.full)) {
                return "a reduction goes across its rows";
            }
        }
        followers().forEach(this::tryBack);
        if (backs.isEmpty()) {
            return "no product contracts what it computes";
        }
        return outside();
    }

    private @Nullable String overLimits(Shape shape) {
        StreamAxes space = known();
        FusionModel.Streams limits = model.streams();
        if (core.row != 0 && core.row != space.columns()) {
            return "its rows are not those of the product";
        }
        boolean few = space.rows() < limits.leastRows()
                && space.outer().stream().mapToLong(size -> size).reduce(1, Math::multiplyExact) / space.rows()
                        < limits.leastMatrices();
        if (space.columns() < 2 || few) {
            return "matrices of %d x %d elements have no panels".formatted(space.rows(), space.columns());
        }
        return space.columns() > limits.mostColumns()
                ? "panels of %d columns leave the cache".formatted(space.columns())
                : shape.elements() == 0 ? "it has no element" : null;
    }

    private StreamAxes known() {
        return java.util.Objects.requireNonNull(axes);
    }

    private boolean isFull(Value value) {
        return value.type().shape().elements() == core.full;
    }

    /** Makes a value of the full size one that is computed inside, with all that it is made of; false where that cannot be. */
    private boolean include(Value root, Shape shape) {
        Set<Value> found = new LinkedHashSet<>();
        Set<Value> products = new LinkedHashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (inside.contains(next) || found.contains(next) || products.contains(next)) {
                continue;
            }
            if (next.op() instanceof DotGeneral) {
                if (!isFront(next, shape)) {
                    return false;
                }
                products.add(next);
            } else if (next.op() instanceof Elementwise && found.size() < model.maxValues()) {
                found.add(next);
                for (Access use : groups.roles().uses(next)) {
                    boolean full = isFull(use.root()) && groups.roles().isComputed(use.root());
                    if (full && use.pattern() != Access.Pattern.IDENTITY) {
                        return false;
                    }
                    if (full) {
                        open.add(use.root());
                    } else if (!isThere(use.root())) {
                        return false;
                    }
                }
            } else {
                return false;
            }
        }
        repeated.addAll(found);
        fronts.addAll(products);
        inside.addAll(found);
        inside.addAll(products);
        return true;
    }

    /** Whether a value is stored before the core runs. */
    private boolean isThere(Value root) {
        return !groups.roles().isComputed(root)
                || inside.contains(root)
                || groups.home(root) != core && groups.home(root).position < core.position;
    }

    private boolean isFront(Value value, Shape shape) {
        DotGeneral dot = (DotGeneral) value.op();
        boolean alone = groups.home(value).kind == Region.Kind.CONTRACT
                && groups.home(value).members.size() == 1;
        boolean moved = alone
                && groups.readers(value).equals(Set.of(core))
                && !groups.roles().isResult(value);
        return Arrays.equals(value.type().shape().sizes(), shape.sizes())
                && groups.roles().uses(value).stream().allMatch(use -> isThere(use.root()))
                && known().front(value, groups.roles()::isRoot)
                        .filter(front ->
                                moved || front.depth() <= model.streams().depth())
                        .filter(front -> !isShared(front) || isSmall(front))
                        .isPresent()
                && dot.element().isFloat();
    }

    /** Whether no operand is restored as it is read. */
    private boolean readsRoots(DotGeneral dot) {
        return dot.operands().stream()
                .map(operand -> Access.of(operand, groups.roles()::isRoot).root())
                .allMatch(groups.roles()::isRoot);
    }

    /** Whether all loops read one and the same operand. */
    private static boolean isShared(StreamLayout.Front front) {
        List<Long> steps = front.columns().outer();
        return steps.stream().allMatch(step -> step == 0);
    }

    private boolean isSmall(StreamLayout.Front front) {
        return known().columns() * front.depth() <= model.streams().shared();
    }

    /** Products of values that follow from those inside, element by element. */
    private Set<Value> followers() {
        Set<Value> products = new LinkedHashSet<>();
        Set<Value> seen = new LinkedHashSet<>();
        Deque<Value> open = new ArrayDeque<>();
        Groups.sorted(core).stream().filter(this::isFull).forEach(open::add);
        open.addAll(fronts);
        while (!open.isEmpty() && seen.size() < MOST_FOLLOWED) {
            Value next = open.pop();
            if (seen.add(next)) {
                for (Value user : groups.roles().users(next)) {
                    if (user.op() instanceof DotGeneral) {
                        products.add(user);
                    } else if (user.op() instanceof Elementwise && isFull(user)) {
                        open.add(user);
                    }
                }
            }
        }
        return products;
    }

    private void tryBack(Value product) {
        Group home = groups.home(product);
        if (inside.contains(product) || home.kind != Region.Kind.CONTRACT || home.members.size() != 1) {
            return;
        }
        DotGeneral dot = (DotGeneral) product.op();
        if (!readsRoots(dot)) {
            return;
        }
        Optional<Value> panel = dot.operands().stream()
                .map(operand -> Access.of(operand, groups.roles()::isRoot).root())
                .filter(this::isFull)
                .findFirst();
        if (panel.isEmpty() || Access.isStep(panel.get())) {
            return;
        }
        Group first = home.position < core.position ? home : core;
        Group last = first == home ? core : home;
        Shape shape = groups.roles().isComputed(panel.get())
                ? fronts.iterator().next().type().shape()
                : Shape.of();
        if (groups.between(first, last).isEmpty() || !include(panel.get(), shape)) {
            return;
        }
        known().back(product, value -> groups.roles().isRoot(value) && !inside.contains(value), product)
                .filter(back -> !back.overRows()
                        || model.streams().wholeSums()
                        || dot.element() == dev.weft.graph.type.ElementType.F32)
                .ifPresent(back -> backs.add(product));
    }

    /** What the stream would leave to do for others; null if nothing. */
    private @Nullable String outside() {
        Set<Value> joined = new HashSet<>(backs);
        for (Value member : core.members) {
            if (!isFull(member) || groups.home(member) != core) {
                continue;
            }
            boolean read = groups.readers(member).stream().anyMatch(reader -> reader.members.stream()
                    .anyMatch(user -> groups.roles().users(member).contains(user) && !joined.contains(user)));
            if (read || groups.roles().isResult(member)) {
                return "a value of all its elements is stored for others";
            }
        }
        List<StreamLayout.Back> layouts = new ArrayList<>();
        for (Value product : backs) {
            known().back(product, value -> groups.roles().isRoot(value) && !inside.contains(value), product)
                    .ifPresent(layouts::add);
        }
        StreamLayout layout = new StreamLayout(known().outer(), known().columns(), List.of(), layouts);
        if (known().rows() < model.streams().leastRows() && layouts.stream().anyMatch(StreamLayout.Back::overRows)) {
            return "sums over %d rows need no panels".formatted(known().rows());
        }
        boolean accumulates = !layout.isFree(layout.outer().size() - 1);
        if (accumulates && layout.units() < 2) {
            return "its panels would run one after the other";
        }
        return isConvex(joined) ? null : "a region between them needs the one and is needed by the other";
    }

    /** Whether no group that one of the joined needs is itself in need of one of them. */
    private boolean isConvex(Set<Value> joined) {
        Set<Group> all = new LinkedHashSet<>(Set.of(core));
        joined.forEach(product -> all.add(groups.home(product)));
        int earliest = all.stream().mapToInt(group -> group.position).min().orElse(0);
        Set<Group> seen = new HashSet<>();
        Deque<Group> open = new ArrayDeque<>();
        for (Group group : all) {
            for (Group before : groups.predecessors(group)) {
                if (!all.contains(before) && seen.add(before)) {
                    open.add(before);
                }
            }
        }
        while (!open.isEmpty()) {
            for (Group before : groups.predecessors(open.pop())) {
                if (all.contains(before)) {
                    return false;
                }
                if (before.position > earliest && seen.add(before)) {
                    open.add(before);
                }
            }
        }
        return true;
    }
}
