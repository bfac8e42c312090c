package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Reduction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code p = f(x) stored | c(p)  ->  x stored | c(f(x))}: map regions compute again what they would read, where that moves fewer
 * bytes. Only arithmetic is repeated, up to a budget for each element; never a reduction or a contraction.
 */
final class Rematerialization {

    private final Groups groups;
    private final FusionModel model;

    Rematerialization(Groups groups, FusionModel model) {
        this.groups = groups;
        this.model = model;
    }

    /** Users first, so that what a repeated value is made of comes up for repetition after it. */
    void run() {
        List<Group> order = List.copyOf(groups.order());
        for (Group group : order.reversed()) {
            if (group.isOpenMap()) {
                Groups.sorted(group).reversed().forEach(value -> consider(value, group));
            }
        }
        order.forEach(groups::dropUnused);
    }

    /** What has to be repeated of a value, and what then has to be read. */
    private record Cone(Set<Value> repeated, Set<Value> leaves, int weight) {}

    private void consider(Value value, Group group) {
        Set<Group> readers = groups.readers(value);
        if (groups.home(value) != group || !isFullArithmetic(value, group) || readers.isEmpty()) {
            return;
        }
        Cone cone = cone(value, group);
        if (cone.weight() > model.recompute()) {
            return;
        }
        Set<Group> able = new LinkedHashSet<>(readers);
        able.removeIf(reader -> !canHold(value, group, reader) || inputsWith(cone, reader) > model.maxInputs());
        boolean forAll = able.size() == readers.size() && !groups.roles().isResult(value);
        long bytes = value.type().bytes();
        long more = able.stream().mapToLong(reader -> bytesAdded(cone, reader)).sum();
        if (forAll && bytesStored(cone) + more < bytes * (1 + able.size())) {
            able.forEach(reader -> repeat(cone, reader));
        } else if (bytesStored(cone) == 0) {
            able.removeIf(reader -> bytesAdded(cone, reader) >= bytes);
            able.forEach(reader -> repeat(cone, reader));
        }
    }

    private void repeat(Cone cone, Group reader) {
        cone.repeated().forEach(repeated -> groups.recompute(repeated, reader));
    }

    private static boolean isFullArithmetic(Value value, Group group) {
        return value.op() instanceof Elementwise && value.type().shape().elements() == group.full && group.full > 1;
    }

    /** Whether all users in {@code reader} read the value at the point where they are computed. */
    private boolean canHold(Value value, Group group, Group reader) {
        if (!reader.isOpenMap() || reader.full != group.full || reader.members.size() + 8 > model.maxValues()) {
            return false;
        }
        for (Value user : groups.roles().users(value)) {
            if (reader.members.contains(user) && !readsInPlace(value, user, reader)) {
                return false;
            }
        }
        return true;
    }

    private boolean readsInPlace(Value value, Value user, Group reader) {
        long at = user.op() instanceof Reduction reduction
                ? ReductionClass.operand(reduction).elements()
                : user.type().shape().elements();
        return at == reader.full
                && groups.roles().uses(user).stream()
                        .allMatch(use -> use.root() != value || use.pattern() == Access.Pattern.IDENTITY);
    }

    /** What is rounded is smaller than what it is rounded from, and is kept. */
    private static boolean isRounding(Value value) {
        return value.op() instanceof Cast cast
                && cast.element().isFloat()
                && cast.element().bytes() < cast.x().type().element().bytes();
    }

    private Cone cone(Value value, Group group) {
        Set<Value> repeated = new LinkedHashSet<>();
        Set<Value> leaves = new LinkedHashSet<>();
        int weight = 0;
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty() && weight <= model.recompute()) {
            Value next = open.pop();
            if (!repeated.add(next)) {
                continue;
            }
            weight += Weight.of(next);
            for (Access use : groups.roles().uses(next)) {
                Value root = use.root();
                boolean inside = group.members.contains(root)
                        && isFullArithmetic(root, group)
                        && !isRounding(root)
                        && !(groups.home(root) == group && groups.isStored(root));
                if (inside) {
                    open.add(root);
                } else {
                    leaves.add(root);
                }
            }
        }
        return new Cone(repeated, leaves, weight);
    }

    /** Bytes of leaves that nobody stores yet. */
    private long bytesStored(Cone cone) {
        return cone.leaves().stream()
                .filter(leaf -> groups.roles().isComputed(leaf) && !groups.isStored(leaf))
                .mapToLong(leaf -> leaf.type().bytes())
                .sum();
    }

    /** Bytes of leaves that {@code reader} does not read yet. */
    private long bytesAdded(Cone cone, Group reader) {
        return added(cone, reader).stream()
                .mapToLong(leaf -> leaf.type().bytes())
                .sum();
    }

    private int inputsWith(Cone cone, Group reader) {
        return groups.inputs(reader).size() + added(cone, reader).size();
    }

    private Set<Value> added(Cone cone, Group reader) {
        Set<Value> added = new HashSet<>(cone.leaves());
        added.removeAll(groups.inputs(reader));
        added.removeAll(reader.members);
        return added;
    }
}
