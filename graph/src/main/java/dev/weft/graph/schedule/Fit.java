package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Reduction;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether two map groups can be one: the iteration space both would have, or why there is none.
 *
 * @param reason null where they fit
 */
record Fit(long full, long row, @Nullable String reason) {

    boolean holds() {
        return reason == null;
    }

    private static Fit no(String reason) {
        return new Fit(0, 0, reason);
    }

    static Fit of(Group first, Group last, Groups groups, FusionModel model) {
        if (!first.isOpenMap() || !last.isOpenMap()) {
            return no(kinds(first, last));
        }
        Fit space = space(first, last);
        if (!space.holds()) {
            return space;
        }
        for (Value user : last.members) {
            for (Access use : groups.roles().uses(user)) {
                if (first.members.contains(use.root())) {
                    @Nullable String obstacle = space.obstacle(user, use);
                    if (obstacle != null) {
                        return no(obstacle);
                    }
                }
            }
        }
        return space.within(first, last, groups, model);
    }

    private static String kinds(Group first, Group last) {
        for (Group group : new Group[] {first, last}) {
            if (group.kind == Region.Kind.TABLE) {
                return "a table op is a region of its own";
            }
            if (group.kind == Region.Kind.STREAM) {
                return "a stream of panels reads and writes whole tensors";
            }
            if (group.alone) {
                return "a reduction over axes in the middle, or of no element, is a region of its own";
            }
        }
        return last.kind == Region.Kind.CONTRACT
                ? "a contraction reads its operands from memory"
                : "the result of a contraction is stored";
    }

    /** One space for both: of one size, or the smaller one holding one element per row of the larger. */
    private static Fit space(Group first, Group last) {
        if (first.full == last.full) {
            if (first.row != 0 && last.row != 0 && first.row != last.row) {
                return no("rows of " + first.row + " and of " + last.row + " elements");
            }
            return new Fit(first.full, Math.max(first.row, last.row), null);
        }
        Group large = first.full > last.full ? first : last;
        Group small = large == first ? last : first;
        long row = large.full / small.full;
        boolean rows = large.full % small.full == 0 && small.row == 0 && (large.row == row || large.row == 0);
        if (!rows || (small.full == 1 && large.row != row)) {
            return no("iteration spaces of " + first.full + " and of " + last.full + " elements");
        }
        return new Fit(large.full, row, null);
    }

    /** Why {@code user} cannot read a value of its own region this way; null if it can. */
    private @Nullable String obstacle(Value user, Access use) {
        if (use.root().op() instanceof Reduction reduction && !isRowReduction(reduction)) {
            return "a %s reduction is complete only when its region ends"
                    .formatted(ReductionClass.of(reduction).name().toLowerCase(Locale.ROOT));
        }
        long read = use.root().type().shape().elements();
        long at = user.type().shape().elements();
        if (user.op() instanceof Reduction reduction) {
            at = ReductionClass.operand(reduction).elements();
            if (at != full && ReductionClass.of(reduction) != ReductionClass.FULL) {
                return "a reduction of row values must take all of them";
            }
        }
        if (at == full && read == full || isRow(at) && isRow(read)) {
            return use.pattern() == Access.Pattern.IDENTITY || read == 1 ? null : moved(use);
        }
        if (at == full && isRow(read)) {
            boolean along = use.pattern() == Access.Pattern.INNER && use.factor() == row;
            return along || use.pattern() == Access.Pattern.SCALAR ? null : moved(use);
        }
        return "a value of " + read + " elements is read where there are " + at;
    }

    private boolean isRow(long elements) {
        return row > 0 && elements == full / row;
    }

    private boolean isRowReduction(Reduction reduction) {
        return ReductionClass.of(reduction) == ReductionClass.ROW
                && ReductionClass.operand(reduction).elements() == full;
    }

    private static String moved(Access use) {
        return "it is read at another place than it is computed (%s)"
                .formatted(use.pattern().name().toLowerCase(Locale.ROOT));
    }

    private Fit within(Group first, Group last, Groups groups, FusionModel model) {
        int values = first.members.size() + last.members.size();
        if (values > model.maxValues()) {
            return no("the region would compute %d values, more than %d".formatted(values, model.maxValues()));
        }
        Set<Value> inputs = new HashSet<>(groups.inputs(first));
        inputs.addAll(groups.inputs(last));
        inputs.removeAll(first.members);
        inputs.removeAll(last.members);
        // Scalars, however many, ask for no loop and no room.
        if (full > 1 && inputs.size() > model.maxInputs()) {
            return no("the region would read %d inputs, more than %d".formatted(inputs.size(), model.maxInputs()));
        }
        return this;
    }
}
