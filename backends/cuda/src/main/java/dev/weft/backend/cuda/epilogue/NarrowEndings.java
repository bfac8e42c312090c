package dev.weft.backend.cuda.epilogue;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Tanh;
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
 * Rounds what stands between a product of bf16 or f16 operands and what is cast to their type, because an epilogue of cuBLASLt has one
 * type for all that it adds, keeps and stores. With {@code c} for such a cast and back:
 *
 * <pre>
 * z = p + b, gelu(z)              ->  z = c(p + b), gelu(z)   all that reads z through arithmetic is cast, or summed over rows
 * sum(v), cast(v) after such a z  ->  sum(c(v))               the gradient of a bias
 * sum(v), x · cast(v)             ->  sum(c(v))               another one, where the product sums over the same axes
 * </pre>
 *
 * Every result that changes is one that was rounded to that type anyway, or a sum of many such.
 */
public final class NarrowEndings implements Pass.OnFunctions {

    @Override
    public String name() {
        return "endings";
    }

    @Override
    public String summary() {
        return "products of bf16 keep what their epilogues keep in bf16";
    }

    @Override
    public Graph apply(Graph function) {
        return new Rounding(function).run();
    }

    private static final class Rounding {
        private final Graph graph;
        private final Map<Value, List<Value>> users;
        private final Set<Value> results;
        private final Formulas formulas = new Formulas(value -> value.op() instanceof DotGeneral);
        /** Inputs of GELUs. */
        private final Set<Value> kept = new LinkedHashSet<>();
        /** Sums over rows whose operand is cast too, and to what. */
        private final Map<Value, ElementType> sums = new HashMap<>();

        Rounding(Graph graph) {
            this.graph = graph;
            this.users = graph.users();
            this.results = new HashSet<>(graph.results());
        }

        Graph run() {
            for (Value value : graph.values()) {
                if (value.op() instanceof Tanh tanh && value.type().element() == ElementType.F32) {
                    Gelu.under(formulas.of(tanh.x())).flatMap(this::valueOf).ifPresent(this::keep);
                }
            }
            graph.values().forEach(this::sumOfOperand);
            return kept.isEmpty() && sums.isEmpty() ? graph : rebuilt();
        }

        /** The product reads it rounded, and may sum up what it reads. */
        private void sumOfOperand(Value product) {
            if (product.op() instanceof DotGeneral dot && narrowOf(product).isPresent()) {
                sumsBeside(dot.x(), dot.xContract());
                sumsBeside(dot.y(), dot.yContract());
            }
        }

        private void sumsBeside(Value operand, List<Integer> axes) {
            if (operand.op() instanceof Cast cast && cast.x().type().element() == ElementType.F32) {
                users.get(cast.x()).stream()
                        .filter(user -> user.op() instanceof ReduceSum sum
                                && sum.axes().equals(axes)
                                && !axes.contains(cast.x().type().rank() - 1))
                        .forEach(user -> sums.put(user, cast.element()));
            }
        }

        /** The value that is z: a product of narrow operands, or its sum with a vector. */
        private Optional<Value> valueOf(Formula z) {
            List<Value> added = formulas.sum(z).orElse(List.of());
            for (Value product : added) {
                if (product.op() instanceof DotGeneral && added.size() == 1) {
                    return Optional.of(product).filter(value -> narrowOf(value).isPresent());
                }
                if (product.op() instanceof DotGeneral && added.size() == 2) {
                    return users.get(product).stream()
                            .filter(user -> narrow(user).isPresent()
                                    && formulas.of(user).isClose(z))
                            .findFirst();
                }
            }
            return Optional.empty();
        }

        /** The operands' type of a product that sums in f32. */
        private static Optional<ElementType> narrowOf(Value product) {
            return product.op() instanceof DotGeneral dot && dot.element() == ElementType.F32
                    ? Optional.of(dot.x().type().element())
                            .filter(type -> type == ElementType.BF16 || type == ElementType.F16)
                    : Optional.empty();
        }

        /** The same of {@code product + repeated vector}, if nothing else reads the product. */
        private Optional<ElementType> narrow(Value sum) {
            return sum.op() instanceof Add add
                            && vector(add).isPresent()
                            && users.get(product(add)).size() == 1
                            && !results.contains(product(add))
                    ? narrowOf(product(add))
                    : Optional.empty();
        }

        private static Value product(Add add) {
            return add.x().op() instanceof DotGeneral ? add.x() : add.y();
        }

        private static Optional<Broadcast> vector(Add add) {
            Value other = add.x().op() instanceof DotGeneral ? add.y() : add.x();
            return other.op() instanceof Broadcast repeat && repeat.x().type().rank() > 0
                    ? Optional.of(repeat)
                    : Optional.empty();
        }

        private ElementType type(Value z) {
            return z.op() instanceof Add ? narrow(z).orElseThrow() : narrowOf(z).orElseThrow();
        }

        private void keep(Value z) {
            ElementType type = type(z);
            Set<Value> summed = new HashSet<>();
            if (!kept.contains(z) && endsIn(type, z, summed)) {
                kept.add(z);
                summed.forEach(sum -> sums.put(sum, type));
            }
        }

        /** Whether arithmetic on the value leads to casts and sums over rows alone; also says which sums. */
        private boolean endsIn(ElementType type, Value start, Set<Value> summed) {
            Set<Value> seen = new HashSet<>();
            Deque<Value> open = new ArrayDeque<>(List.of(start));
            while (!open.isEmpty()) {
                Value value = open.pop();
                if (results.contains(value)) {
                    return false;
                }
                for (Value user : users.get(value)) {
                    if (user.op() instanceof Cast cast && cast.element() == type) {
                        continue;
                    }
                    if (user.op() instanceof ReduceSum sum
                            && !sum.axes().contains(value.type().rank() - 1)) {
                        if (cast(value, type).isPresent()) {
                            summed.add(user);
                        }
                    } else if (user.op() instanceof Elementwise) {
                        if (seen.add(user)) {
                            open.add(user);
                        }
                    } else {
                        return false;
                    }
                }
            }
            return true;
        }

        private Optional<Value> cast(Value value, ElementType type) {
            return users.get(value).stream()
                    .filter(user -> user.op() instanceof Cast cast && cast.element() == type)
                    .findFirst();
        }

        private Graph rebuilt() {
            GraphRebuilder to = new GraphRebuilder(graph);
            for (Value value : graph.values()) {
                to.at(value);
                if (kept.contains(value)) {
                    to.replace(value, there(to.builder(), to.take(value), type(value)));
                } else if (sums.containsKey(value) && value.op() instanceof ReduceSum sum) {
                    Value rounded = there(to.builder(), to.get(sum.x()), sums.get(value));
                    to.replace(value, to.builder().add(new ReduceSum(rounded, sum.axes())));
                } else {
                    to.take(value);
                }
            }
            return to.build();
        }

        /** A value rounded to a narrower type and back. */
        private static Value there(GraphBuilder builder, Value value, ElementType type) {
            return builder.add(new Cast(builder.add(new Cast(value, type)), ElementType.F32));
        }
    }
}
