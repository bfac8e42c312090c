package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Joins map groups: users to their producers as the values come, then groups that read one large tensor. */
final class MapFusion {

    private final Groups groups;
    private final FusionModel model;

    MapFusion(Groups groups, FusionModel model) {
        this.groups = groups;
        this.model = model;
    }

    /** {@code p | c(p)  ->  p, c(p)}: every computed root becomes a group and joins the groups it reads from, the latest first. */
    void producersWithUsers() {
        Roles roles = groups.roles();
        for (Value value : roles.graph().values()) {
            if (roles.isComputed(value)) {
                Group group = groups.add(value);
                if (model.fuse() && group.isOpenMap()) {
                    joinProducers(group);
                }
            }
        }
    }

    /** {@code p | c(p)  ->  p, c(p)}, for the groups as they are now. */
    void neighbours() {
        for (Group group : List.copyOf(groups.order())) {
            if (group.isOpenMap() && !group.members.isEmpty()) {
                joinProducers(group);
            }
        }
    }

    private void joinProducers(Group group) {
        List<Group> producers = new ArrayList<>(groups.predecessors(group));
        producers.sort(
                Comparator.comparingInt((Group producer) -> producer.position).reversed());
        Group joined = group;
        for (Group producer : producers) {
            joined = join(producer, joined).orElse(joined);
        }
    }

    /** {@code f(x) | g(x)  ->  f(x), g(x)}: neighbours among the readers of one tensor of full size. */
    void readersOfOneTensor() {
        Roles roles = groups.roles();
        for (Value value : List.copyOf(roles.graph().values())) {
            if (roles.isRoot(value) && value.type().shape().elements() > 1) {
                joinNeighbours(groups.readers(value), value.type().shape().elements());
            }
        }
    }

    private void joinNeighbours(Collection<Group> readers, long elements) {
        List<Group> large = new ArrayList<>(readers);
        large.removeIf(group -> !group.isOpenMap() || group.full != elements);
        large.sort(Comparator.comparingInt(group -> group.position));
        for (int i = 0; i + 1 < large.size(); i++) {
            Optional<Group> joined = join(large.get(i), large.get(i + 1));
            if (joined.isPresent()) {
                large.set(i + 1, joined.get());
            }
        }
    }

    private Optional<Group> join(Group a, Group b) {
        if (a == b) {
            return Optional.empty();
        }
        Group first = a.position < b.position ? a : b;
        Group last = first == a ? b : a;
        Fit fit = Fit.of(first, last, groups, model);
        if (!fit.holds()) {
            return Optional.empty();
        }
        Optional<Set<Group>> needed = groups.between(first, last);
        return needed.map(between -> {
            Group merged = groups.merge(first, last, new LinkedHashSet<>(between));
            merged.full = fit.full();
            merged.row = fit.row();
            return merged;
        });
    }
}
