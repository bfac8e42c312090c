package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value that stays in memory after what leads to a result is done, because regions that do not lead there read it: with a loss as
 * the result, what is kept of the way forward for the way back.
 *
 * @param value the value, an output of region {@code home}
 * @param readers numbers of the regions on the way back that read it
 * @param reason why these do not compute it again
 */
public record Kept(Value value, int home, List<Integer> readers, String reason) {

    public Kept {
        readers = List.copyOf(readers);
    }

    /**
     * Everything kept, in the order in which it is made.
     *
     * @param model what the schedule was made for
     * @param result what the way forward leads to
     */
    public static List<Kept> of(Schedule schedule, FusionModel model, Value result) {
        return new Search(schedule, model).kept(result);
    }

    private record Search(Schedule schedule, FusionModel model, Map<Value, Integer> homes) {

        Search(Schedule schedule, FusionModel model) {
            this(schedule, model, new HashMap<>());
            for (int i = 0; i < schedule.regions().size(); i++) {
                for (Value output : schedule.regions().get(i).outputs()) {
                    homes.put(output, i);
                }
            }
        }

        List<Kept> kept(Value result) {
            Set<Integer> forward = leadingTo(result);
            Map<Value, List<Integer>> readers = new HashMap<>();
            for (int i = 0; i < schedule.regions().size(); i++) {
                for (Value input : forward.contains(i)
                        ? List.<Value>of()
                        : schedule.regions().get(i).inputs()) {
                    readers.computeIfAbsent(input, unread -> new ArrayList<>()).add(i);
                }
            }
            List<Kept> kept = new ArrayList<>();
            for (int home : forward) {
                for (Value output : schedule.regions().get(home).outputs()) {
                    if (readers.containsKey(output)) {
                        kept.add(new Kept(output, home, readers.get(output), reason(output, readers.get(output))));
                    }
                }
            }
            return kept;
        }

        /** The regions that a value needs, in order. */
        private Set<Integer> leadingTo(Value result) {
            Set<Integer> found = new HashSet<>();
            Deque<Value> open = new ArrayDeque<>(List.of(result));
            while (!open.isEmpty()) {
                Integer home =
                        homes.get(Access.of(open.pop(), homes::containsKey).root());
                if (home != null && found.add(home)) {
                    open.addAll(schedule.regions().get(home).inputs());
                }
            }
            return new LinkedHashSet<>(found.stream().sorted().toList());
        }

        /** The conditions of {@link Rematerialization}, in its order. */
        private String reason(Value value, List<Integer> readers) {
            Value root = Access.of(value, moved -> false).root();
            if (!(root.op() instanceof Elementwise)) {
                return root.op().mnemonic() + ": " + kind(root) + " is never computed twice";
            }
            for (int reader : readers) {
                Region region = schedule.regions().get(reader);
                if (isFactor(value, region)) {
                    return "a product reads it, and takes its operands from memory";
                }
                if (region.kind() != Region.Kind.MAP) {
                    return "a %s region reads it, and only map regions compute again".formatted(region.kind());
                }
            }
            Cone cone = cone(value);
            if (cone.stop() != null) {
                return "it is made of %s that nobody stores: %s is never computed twice"
                        .formatted(cone.stop().op().mnemonic(), kind(cone.stop()));
            }
            if (cone.weight() > model.recompute()) {
                return "computing it again takes arithmetic of weight %d an element, and %d is worth a read"
                        .formatted(cone.weight(), model.recompute());
            }
            long more = readers.stream()
                    .mapToLong(reader -> bytesAdded(cone, reader))
                    .sum();
            long saved = value.type().bytes() * (1 + readers.size());
            if (more >= saved) {
                return "computing it again reads %,d bytes more and saves %,d".formatted(more, saved);
            }
            return apart(value, readers);
        }

        private static boolean isFactor(Value value, Region region) {
            return region.values().stream()
                    .filter(each -> each.op() instanceof DotGeneral)
                    .flatMap(product -> product.operands().stream())
                    .anyMatch(operand -> Access.of(operand, value::equals).root() == value);
        }

        private String apart(Value value, List<Integer> readers) {
            return schedule.notFused().stream()
                    .filter(pair -> pair.producer() == value && isIn(pair.consumer(), readers))
                    .map(NotFused::reason)
                    .findFirst()
                    .map(reason -> "its readers have no room for it: " + reason)
                    .orElse("its readers read it at other places than those where it would be computed");
        }

        private boolean isIn(Value value, List<Integer> regions) {
            return regions.stream()
                    .anyMatch(region -> schedule.regions().get(region).values().contains(value));
        }

        private static String kind(Value value) {
            return switch (value.op()) {
                case DotGeneral _ -> "a product";
                case Reduction _ -> "a reduction";
                case CumulativeSum _ -> "a running sum";
                case Table _ -> "what is read from a table";
                default -> "what joins tensors";
            };
        }

        /**
         * What has to be repeated of a value.
         *
         * @param leaves what is read then: stored values and parameters
         * @param stop what stands in the way; null if nothing does
         */
        private record Cone(
                Set<Value> leaves, int weight, @Nullable Value stop) {}

        private Cone cone(Value value) {
            Set<Value> leaves = new LinkedHashSet<>();
            Set<Value> seen = new HashSet<>();
            int weight = 0;
            Deque<Value> open = new ArrayDeque<>(List.of(value));
            while (!open.isEmpty()) {
                Value next = open.pop();
                if (!seen.add(next) || next.op() instanceof Constant) {
                    continue;
                }
                boolean isStored = homes.containsKey(next) && next != value;
                if (isStored || next.op() instanceof Parameter) {
                    leaves.add(next);
                } else if (next.op() instanceof Elementwise
                        || next.op() instanceof Movement
                        || next.operands().isEmpty()) {
                    weight += next.op() instanceof Elementwise ? Weight.of(next) : 0;
                    open.addAll(next.operands());
                } else {
                    return new Cone(leaves, weight, next);
                }
            }
            return new Cone(leaves, weight, null);
        }

        /** Bytes of leaves that a region does not read already. */
        private long bytesAdded(Cone cone, int reader) {
            Region region = schedule.regions().get(reader);
            return cone.leaves().stream()
                    .filter(leaf -> !region.inputs().contains(leaf))
                    .mapToLong(leaf -> leaf.type().bytes())
                    .sum();
        }
    }
}
