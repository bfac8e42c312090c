package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code z = x · y | f(z), g(f(z))  ->  x · y, f(z) | g}: moves arithmetic on the result of a contraction into its region, where that
 * moves fewer bytes; so do sums over all its rows and over all of it, as the gradient of a bias is one. What remains of the map region,
 * reductions of rows and what only they need, stays behind and reads what is stored.
 */
final class EpilogueFusion {

    private final Groups groups;
    private final FusionModel model;

    EpilogueFusion(Groups groups, FusionModel model) {
        this.groups = groups;
        this.model = model;
    }

    void run() {
        for (Group group : List.copyOf(groups.order())) {
            if (group.kind == Region.Kind.CONTRACT && model.epilogues()) {
                while (extend(group)) {}
            }
        }
    }

    private boolean extend(Group contraction) {
        for (Group reader : readers(contraction)) {
            Attempt attempt = attempt(contraction, reader);
            if (attempt.reason() == null) {
                move(contraction, reader, attempt);
                return true;
            }
        }
        return false;
    }

    private List<Group> readers(Group contraction) {
        Set<Group> readers = new LinkedHashSet<>();
        contraction.members.forEach(member -> readers.addAll(groups.readers(member)));
        return readers.stream()
                .sorted(Comparator.comparingInt(reader -> reader.position))
                .toList();
    }

    /**
     * What of a map region can move into an epilogue.
     *
     * @param needed the groups that must run before the contraction then
     * @param reason why nothing can move; null if something can
     */
    record Attempt(
            Set<Value> moved, Set<Group> needed, @Nullable String reason) {

        private static Attempt no(String reason) {
            return new Attempt(Set.of(), Set.of(), reason);
        }
    }

    Attempt attempt(Group contraction, Group reader) {
        if (!reader.isOpenMap()) {
            return Attempt.no(
                    reader.kind == Region.Kind.CONTRACT
                            ? "a contraction reads its operands from memory"
                            : "an epilogue holds arithmetic and sums of columns only");
        }
        if (!model.epilogues()) {
            return Attempt.no("the backend has no epilogues");
        }
        if (reader.full != contraction.full) {
            return Attempt.no(
                    "the contraction gives %d elements, the map has %d".formatted(contraction.full, reader.full));
        }
        Set<Value> moved = arithmetic(contraction, reader);
        if (moved.isEmpty()) {
            return Attempt.no(
                    "an epilogue holds arithmetic at the place of the result and sums of its columns only, and nothing of it is stored");
        }
        String limit = overBudget(contraction, reader, moved);
        if (limit != null) {
            return Attempt.no(limit);
        }
        if (bytesSaved(contraction, reader, moved) <= 0) {
            return Attempt.no("an epilogue would not move fewer bytes");
        }
        Set<Group> starts = new LinkedHashSet<>();
        for (Value input : inputs(moved)) {
            if (groups.roles().isComputed(input) && !contraction.members.contains(input)) {
                starts.add(groups.home(input));
            }
        }
        Optional<Set<Group>> needed = groups.needed(contraction, starts);
        return needed.map(before -> new Attempt(moved, before, null))
                .orElseGet(() -> Attempt.no("the epilogue would need a value that needs the contraction"));
    }

    /** The arithmetic of {@code reader} on the contraction that is stored anyway, and all that only this needs. */
    private Set<Value> arithmetic(Group contraction, Group reader) {
        Set<Value> possible = new HashSet<>();
        for (Value member : Groups.sorted(reader)) {
            boolean fits = isArithmetic(member, reader) || isTotal(member, contraction);
            if (fits && readsInPlace(member, contraction, reader, possible)) {
                possible.add(member);
            }
        }
        Set<Value> reached = reached(contraction, reader, possible);
        Set<Value> moved = new LinkedHashSet<>();
        for (Value member : Groups.sorted(reader).reversed()) {
            boolean used = groups.roles().users(member).stream().anyMatch(moved::contains);
            boolean storedHere = groups.isOutput(member, reader) && reached.contains(member);
            if (possible.contains(member) && (used || storedHere)) {
                moved.add(member);
            }
        }
        return moved;
    }

    private static boolean isArithmetic(Value member, Group reader) {
        return (member.op() instanceof Elementwise || Access.isStep(member))
                && member.type().shape().elements() == reader.full;
    }

    /** Whether a value sums up (or takes the largest of) each column of the result, or all of it: tile by tile, in partial results. */
    private boolean isTotal(Value member, Group contraction) {
        if (!(member.op() instanceof Reduction.Fold fold)
                || fold.x().type().shape().elements() != contraction.full) {
            return false;
        }
        return switch (ReductionClass.of(fold)) {
            case FULL -> model.totals();
            case COLUMN -> member.type().shape().elements() == columns(contraction);
            case ROW, STRIDED -> false;
        };
    }

    private static long columns(Group contraction) {
        Value product = contraction.members.stream()
                .filter(member -> member.op() instanceof DotGeneral)
                .findFirst()
                .orElseThrow();
        Shape shape = product.type().shape();
        long columns = 1;
        for (int axis = shape.rank() - ((DotGeneral) product.op()).yFree().size(); axis < shape.rank(); axis++) {
            columns *= shape.size(axis);
        }
        return columns;
    }

    private boolean readsInPlace(Value member, Group contraction, Group reader, Set<Value> possible) {
        for (Access use : groups.roles().uses(member)) {
            boolean computed = contraction.members.contains(use.root()) || reader.members.contains(use.root());
            boolean here = use.pattern() == Access.Pattern.IDENTITY
                    && !(use.root().op() instanceof Reduction)
                    && (contraction.members.contains(use.root()) || possible.contains(use.root()));
            if (computed && !here) {
                return false;
            }
        }
        return true;
    }

    /** Those of {@code possible} that depend on the contraction. */
    private Set<Value> reached(Group contraction, Group reader, Set<Value> possible) {
        Set<Value> reached = new HashSet<>();
        for (Value member : Groups.sorted(reader)) {
            boolean depends = groups.roles().uses(member).stream()
                    .anyMatch(use -> contraction.members.contains(use.root()) || reached.contains(use.root()));
            if (possible.contains(member) && depends) {
                reached.add(member);
            }
        }
        return reached;
    }

    private Set<Value> inputs(Set<Value> values) {
        Set<Value> inputs = new LinkedHashSet<>();
        for (Value value : values) {
            for (Access use : groups.roles().uses(value)) {
                if (!values.contains(use.root())) {
                    inputs.add(use.root());
                }
            }
        }
        return inputs;
    }

    private @Nullable String overBudget(Group contraction, Group reader, Set<Value> moved) {
        Set<Value> all = new HashSet<>(moved);
        all.addAll(contraction.members);
        Set<Value> inputs = inputs(all);
        contraction.members.stream()
                .filter(member -> member.op() instanceof DotGeneral)
                .forEach(dot -> groups.roles().uses(dot).forEach(use -> inputs.remove(use.root())));
        if (inputs.size() > model.epilogueInputs()) {
            return "the epilogue would read %d inputs, more than %d".formatted(inputs.size(), model.epilogueInputs());
        }
        long outputs = all.stream()
                .filter(value -> storedAfter(value, contraction, reader, moved))
                .count();
        return outputs > model.epilogueOutputs()
                ? "the contraction would store %d outputs, more than %d".formatted(outputs, model.epilogueOutputs())
                : null;
    }

    /** Whether a value that is, or moves, into the contraction has readers outside it afterwards. */
    private boolean storedAfter(Value value, Group contraction, Group reader, Set<Value> moved) {
        Group home = groups.home(value);
        if (home != contraction && home != reader) {
            return false;
        }
        return groups.roles().isResult(value)
                || readByRest(value, reader, moved)
                || groups.readers(value).stream().anyMatch(group -> group != reader && group != contraction);
    }

    /** Whether what remains of {@code reader} uses a value. */
    private boolean readByRest(Value value, Group reader, Set<Value> moved) {
        return groups.roles().users(value).stream()
                .anyMatch(user -> reader.members.contains(user) && !moved.contains(user));
    }

    private long bytesSaved(Group contraction, Group reader, Set<Value> moved) {
        long saved = 0;
        for (Value member : contraction.members) {
            if (groups.readers(member).contains(reader) && !readByRest(member, reader, moved)) {
                boolean stored = storedAfter(member, contraction, reader, moved);
                saved += member.type().bytes() * (stored ? 1 : 2);
            }
        }
        for (Value value : moved) {
            if (readByRest(value, reader, moved)) {
                saved -= value.type().bytes();
            }
        }
        for (Value input : inputs(moved)) {
            if (!contraction.members.contains(input) && readByRest(input, reader, moved)) {
                saved -= input.type().bytes();
            }
        }
        return saved;
    }

    private void move(Group contraction, Group reader, Attempt attempt) {
        if (reader.position > contraction.position) {
            groups.delay(contraction, reader, attempt.needed());
        }
        for (Value value : attempt.moved()) {
            boolean repeatedHere = groups.home(value) != reader && readByRest(value, reader, attempt.moved());
            if (repeatedHere) {
                groups.recompute(value, contraction);
            } else {
                groups.move(value, reader, contraction);
            }
        }
        if (reader.members.isEmpty()) {
            groups.remove(reader);
        }
    }
}
