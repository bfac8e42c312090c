package dev.weft.backend.cuda.epilogue;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code cast(join(x · y, …)) -> join(x · y, …)} with products of the narrow type, where nothing reads them in f32: they are rounded as they
 * are stored and not by a kernel of their own. Only products of many matrices, as of attention's gradients: a program's passes leave
 * these in f32 for backends that sum them panel by panel, and a block of a GPU makes each sum whole.
 */
public final class RoundedSums implements Pass.OnFunctions {

    @Override
    public String name() {
        return "rounded-sums";
    }

    @Override
    public String summary() {
        return "products of many matrices that are only read in bf16 are stored in it";
    }

    @Override
    public Graph apply(Graph function) {
        Rounding rounding = new Rounding(function);
        return rounding.narrow.isEmpty() ? function : rounding.rebuilt();
    }

    private static final class Rounding {
        private final Graph graph;
        private final Map<Value, List<Value>> users;
        private final Set<Value> results;
        private final Map<Value, ElementType> narrow = new HashMap<>();

        Rounding(Graph graph) {
            this.graph = graph;
            this.users = graph.users();
            this.results = new HashSet<>(graph.results());
            for (Value value : graph.values()) {
                if (value.op() instanceof Cast cast && isNarrowing(cast)) {
                    moved(cast).ifPresent(values -> values.forEach(moved -> narrow.put(moved, cast.element())));
                }
            }
        }

        private static boolean isNarrowing(Cast cast) {
            return cast.x().type().element() == ElementType.F32
                    && (cast.element() == ElementType.BF16 || cast.element() == ElementType.F16);
        }

        /** The products that a cast reads and what moves them; empty if it reads anything else, or something else reads these. */
        private Optional<Set<Value>> moved(Cast cast) {
            Set<Value> seen = new LinkedHashSet<>(List.of(cast.x()));
            Deque<Value> open = new ArrayDeque<>(seen);
            while (!open.isEmpty()) {
                Value value = open.pop();
                if (moves(value)) {
                    value.operands().stream().filter(seen::add).forEach(open::push);
                } else if (!isProduct(value, cast.element())) {
                    return Optional.empty();
                }
            }
            boolean apart = seen.stream()
                    .anyMatch(value -> results.contains(value)
                            || users.get(value).stream()
                                    .anyMatch(user -> !seen.contains(user)
                                            && !(user.op() instanceof Cast other
                                                    && other.element() == cast.element())));
            return apart ? Optional.empty() : Optional.of(seen);
        }

        private static boolean moves(Value value) {
            return value.op() instanceof Movement.Layout
                    || value.op() instanceof Concat
                    || value.op() instanceof StopGradient;
        }

        private static boolean isProduct(Value value, ElementType operands) {
            return value.op() instanceof DotGeneral dot
                    && dot.x().type().element() == operands
                    && dot.y().type().element() == operands
                    && !dot.xBatch().isEmpty();
        }

        Graph rebuilt() {
            GraphRebuilder to = new GraphRebuilder(graph);
            for (Value value : graph.values()) {
                ElementType element = narrow.get(value);
                if (element != null && value.op() instanceof DotGeneral dot) {
                    to.at(value);
                    to.replace(value, to.builder().add(product(dot, to, element)));
                } else if (value.op() instanceof Cast cast && narrow.containsKey(cast.x())) {
                    to.replace(value, to.get(cast.x()));
                } else {
                    to.take(value);
                }
            }
            return to.build();
        }

        private static DotGeneral product(DotGeneral dot, GraphRebuilder to, ElementType element) {
            return new DotGeneral(
                    to.get(dot.x()),
                    to.get(dot.y()),
                    dot.xBatch(),
                    dot.yBatch(),
                    dot.xContract(),
                    dot.yContract(),
                    element);
        }
    }
}
