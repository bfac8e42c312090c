package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import java.util.List;

/**
 * {@code s = x · y | p = f(s) | p · z  ->  x · y, f(s), p · z}: products of one shape, what is computed of them row by row, and the
 * products that contract this become one region, in which nothing of the full size is stored. What another such region has computed
 * is computed again. Later groups come first, so that nobody is left who reads what an earlier one would have to store.
 */
final class StreamFusion {

    private final Groups groups;
    private final FusionModel model;

    StreamFusion(Groups groups, FusionModel model) {
        this.groups = groups;
        this.model = model;
    }

    void run() {
        if (model.streams().mostColumns() == 0) {
            return;
        }
        for (Group group : List.copyOf(groups.order()).reversed()) {
            if (group.isOpenMap() && !group.members.isEmpty()) {
                StreamPlan plan = new StreamPlan(group, groups, model);
                if (plan.reason() == null) {
                    make(group, plan);
                }
            }
        }
        groups.order().stream().filter(Group::isOpenMap).forEach(groups::dropUnused);
    }

    private void make(Group core, StreamPlan plan) {
        long full = core.full;
        plan.repeated().forEach(value -> groups.recompute(value, core));
        for (Value front : plan.fronts()) {
            Group home = groups.home(front);
            groups.recompute(front, core);
            boolean alone = home.kind == Region.Kind.CONTRACT && home.members.size() == 1;
            if (alone && groups.readers(front).isEmpty() && !groups.roles().isResult(front)) {
                groups.move(front, home, core);
                groups.remove(home);
            }
        }
        Group stream = core;
        for (Value back : plan.backs()) {
            stream = merged(stream, groups.home(back));
        }
        stream.kind = Region.Kind.STREAM;
        stream.full = full;
        for (Value back : plan.backs()) {
            takeLayout(back, stream);
        }
    }

    private Group merged(Group a, Group b) {
        Group first = a.position < b.position ? a : b;
        Group last = first == a ? b : a;
        return groups.merge(first, last, groups.between(first, last).orElseThrow());
    }

    /** {@code z | permute(z)  ->  permute(z)}: the result of a product is written where its only reader would move it. */
    private void takeLayout(Value back, Group stream) {
        List<Value> users = groups.roles().users(back);
        if (users.size() != 1 || groups.roles().isResult(back) || !stream.members.contains(back)) {
            return;
        }
        Value moved = users.getFirst();
        Group home = groups.roles().isComputed(moved) ? groups.home(moved) : stream;
        boolean movesAll = home != stream
                && home.isOpenMap()
                && groups.holders(moved).size() == 1
                && groups.roles().uses(moved).stream()
                        .allMatch(use -> stream.members.contains(use.root())
                                && groups.roles().users(use.root()).equals(users)
                                && StridedView.within(use.root(), moved).isPresent());
        if (movesAll && covers(moved)) {
            groups.move(moved, home, stream);
            if (home.members.isEmpty()) {
                groups.remove(home);
            }
        }
    }

    /** Whether what is moved is all of the result. */
    private boolean covers(Value moved) {
        return groups.roles().uses(moved).stream()
                        .mapToLong(use -> use.root().type().shape().elements())
                        .sum()
                == moved.type().shape().elements();
    }
}
