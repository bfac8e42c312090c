package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The groups in an order in which they can run: a group stands after all groups it reads from. Merging two keeps that true, or is
 * refused, so no cycle ever arises.
 */
final class Groups {

    private final Roles roles;
    private final List<Group> order = new ArrayList<>();
    private final @Nullable Group[] home;
    private final List<List<Group>> holders = new ArrayList<>();

    Groups(Roles roles) {
        this.roles = roles;
        this.home = new Group[roles.bound()];
        for (int i = 0; i < roles.bound(); i++) {
            holders.add(new ArrayList<>(1));
        }
    }

    Roles roles() {
        return roles;
    }

    List<Group> order() {
        return order;
    }

    /** The group that stores a computed root if another reads it. */
    Group home(Value root) {
        return Objects.requireNonNull(home[root.id()]);
    }

    /** All groups that compute a root. */
    List<Group> holders(Value root) {
        return holders.get(root.id());
    }

    /** A new group of one value, after all others. */
    Group add(Value root) {
        Group group = new Group(root);
        group.position = order.size();
        order.add(group);
        home[root.id()] = group;
        holders(root).add(group);
        return group;
    }

    /** Lets a group compute for itself what it read from another. */
    void recompute(Value root, Group group) {
        if (group.members.add(root)) {
            group.inputs = null;
            holders(root).add(group);
        }
    }

    /** Takes a value out of a group in which nobody needs it. */
    void drop(Value root, Group group) {
        group.members.remove(root);
        group.inputs = null;
        holders(root).remove(group);
    }

    /** Moves a value from its group to another one. */
    void move(Value root, Group from, Group to) {
        drop(root, from);
        recompute(root, to);
        if (home(root) == from) {
            home[root.id()] = to;
        }
    }

    /** The groups that read a root instead of computing it. */
    Set<Group> readers(Value root) {
        Set<Group> readers = new LinkedHashSet<>();
        for (Value user : roles.users(root)) {
            for (Group group : holders(user)) {
                if (!group.members.contains(root)) {
                    readers.add(group);
                }
            }
        }
        return readers;
    }

    /** The roots that a group reads. */
    Set<Value> inputs(Group group) {
        @Nullable Set<Value> known = group.inputs;
        if (known != null) {
            return known;
        }
        Set<Value> inputs = new LinkedHashSet<>();
        for (Value member : group.members) {
            for (Access use : roles.uses(member)) {
                if (!group.members.contains(use.root())) {
                    inputs.add(use.root());
                }
            }
        }
        group.inputs = Collections.unmodifiableSet(inputs);
        return inputs;
    }

    boolean isStored(Value root) {
        return roles.isResult(root) || !readers(root).isEmpty();
    }

    /** Whether a group stores one of its members. */
    boolean isOutput(Value member, Group group) {
        return home(member) == group && isStored(member);
    }

    /** Whether a member of the group uses a root. */
    boolean usesInside(Value root, Group group) {
        return roles.users(root).stream().anyMatch(group.members::contains);
    }

    /** Takes out of a group what it neither stores nor uses. */
    void dropUnused(Group group) {
        for (Value member : sorted(group).reversed()) {
            if (!isOutput(member, group) && !usesInside(member, group)) {
                drop(member, group);
            }
        }
    }

    /** The members of a group, operands first. */
    static List<Value> sorted(Group group) {
        return group.members.stream().sorted(Comparator.comparingInt(Value::id)).toList();
    }

    Set<Group> predecessors(Group group) {
        Set<Group> predecessors = new LinkedHashSet<>();
        for (Value input : inputs(group)) {
            if (roles.isComputed(input)) {
                predecessors.add(home(input));
            }
        }
        return predecessors;
    }

    /**
     * The groups after {@code first} that {@code last} needs; empty if one of them needs {@code first}, so that the two cannot
     * become one.
     */
    Optional<Set<Group>> between(Group first, Group last) {
        Set<Group> starts = predecessors(last);
        starts.remove(first);
        return needed(first, starts);
    }

    /**
     * The groups after {@code first} that {@code starts} need, with those; empty if one of them needs {@code first}. Goes
     * backwards, earliest first, because a path that forbids a fusion usually starts early.
     */
    Optional<Set<Group>> needed(Group first, Set<Group> starts) {
        Set<Group> found = new HashSet<>();
        PriorityQueue<Group> open = new PriorityQueue<>(Comparator.comparingInt(group -> group.position));
        for (Group start : starts) {
            if (start.position > first.position && found.add(start)) {
                open.add(start);
            }
        }
        while (!open.isEmpty()) {
            for (Value input : inputs(open.remove())) {
                Group before = home[input.id()];
                if (before == first) {
                    return Optional.empty();
                }
                if (before != null && before.position > first.position && found.add(before)) {
                    open.add(before);
                }
            }
        }
        return Optional.of(found);
    }

    /** Makes one group of two; {@code needed} is what {@link #between} found. */
    Group merge(Group first, Group last, Set<Group> needed) {
        Group kept = first.members.size() >= last.members.size() ? first : last;
        Group gone = kept == first ? last : first;
        int from = first.position;
        int to = last.position;
        List<Group> window = around(kept, order.subList(from + 1, to), needed);
        order.remove(to);
        place(from, window);
        renumber(to);
        for (Value member : List.copyOf(gone.members)) {
            move(member, gone, kept);
        }
        return kept;
    }

    /** Lets {@code needed} run before {@code first}, and all else between it and {@code last} after it. */
    void delay(Group first, Group last, Set<Group> needed) {
        place(first.position, around(first, order.subList(first.position + 1, last.position), needed));
    }

    private static List<Group> around(Group middle, List<Group> others, Set<Group> needed) {
        List<Group> window = new ArrayList<>();
        List<Group> after = new ArrayList<>();
        others.forEach(group -> (needed.contains(group) ? window : after).add(group));
        window.add(middle);
        window.addAll(after);
        return window;
    }

    private void place(int from, List<Group> window) {
        for (int i = 0; i < window.size(); i++) {
            order.set(from + i, window.get(i));
            window.get(i).position = from + i;
        }
    }

    void remove(Group group) {
        order.remove(group.position);
        renumber(group.position);
    }

    private void renumber(int from) {
        for (int i = from; i < order.size(); i++) {
            order.get(i).position = i;
        }
    }
}
