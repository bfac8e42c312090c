package dev.weft.graph.pass.precision;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.ElementType;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code dot(x, y) -> dot(cast(x), cast(y))} for every product of a graph, the cast standing before whatever only moves elements:
 * one cast serves all products that read the same numbers, however they are arranged. A product that only such casts read gives the
 * narrow type itself. A product of few rows reads its matrix once: it stays as it is where that would have to be cast for it alone.
 */
final class Narrowing {

    /** Elements of a matrix whose cast takes longer than a product that reads it once. */
    private static final long LARGE = 4096;

    private final Graph source;
    private final ElementType narrow;
    private final Set<Value> shadowed;
    /** Values of which products want a cast. */
    private final Set<Value> wanted = new HashSet<>();
    /** Those of {@link #wanted} that nothing reads as they are. */
    private final Set<Value> narrowOnly = new HashSet<>();

    private final Map<Value, Value> casts = new IdentityHashMap<>();

    /** @param shadowed parameters whose casts are stored */
    Narrowing(Graph source, ElementType narrow, Set<Value> shadowed) {
        this.source = source;
        this.narrow = narrow;
        this.shadowed = Set.copyOf(shadowed);
        Set<Value> results = new HashSet<>(source.results());
        Map<Value, List<Value>> users = source.users();
        for (Value value : source.values().reversed()) {
            if (value.type().element() != ElementType.F32) {
                continue;
            }
            List<Value> readers = users.get(value);
            if (readers.stream().anyMatch(this::wantsOperands)) {
                wanted.add(value);
                if (!results.contains(value) && readers.stream().allMatch(this::readsCastsOnly)) {
                    narrowOnly.add(value);
                }
            }
        }
    }

    private boolean isProduct(Value value) {
        return value.op() instanceof DotGeneral dot
                && dot.x().type().element() == ElementType.F32
                && dot.element() == ElementType.F32
                && !castsToReadOnce(dot.x(), rows(dot.y(), dot.yFree()))
                && !castsToReadOnce(dot.y(), rows(dot.x(), dot.xFree()));
    }

    private static long rows(Value operand, List<Integer> free) {
        return free.stream().mapToLong(operand.type().shape()::size).reduce(1, Math::multiplyExact);
    }

    /** Whether a matrix of some size is multiplied by few rows, and is cast for that. */
    private boolean castsToReadOnce(Value matrix, long rows) {
        Value root = matrix;
        while (onlyMoves(root) && root.operands().size() == 1) {
            root = root.operands().getFirst();
        }
        boolean large = matrix.type().shape().elements() >= LARGE;
        return rows <= Precision.FEW_ROWS && large && !shadowed.contains(root);
    }

    private static boolean onlyMoves(Value value) {
        return value.op() instanceof Movement || value.op() instanceof StopGradient;
    }

    private boolean wantsOperands(Value reader) {
        return isProduct(reader) || onlyMoves(reader) && wanted.contains(reader);
    }

    private boolean readsCastsOnly(Value reader) {
        return isProduct(reader) || onlyMoves(reader) && narrowOnly.contains(reader);
    }

    /** Whether products read this value, which is not the movement of another one. */
    boolean isCast(Value value) {
        return wanted.contains(value) && !onlyMoves(value);
    }

    /** From now on {@code replacement}, a value of the new graph, is the cast of {@code old}. */
    void replace(Value old, Value replacement) {
        casts.put(old, replacement);
    }

    /** Takes over all values; parameters must have been replaced. */
    void run(GraphRebuilder rebuilder) {
        for (Value old : source.values()) {
            if (isProduct(old)) {
                rebuilder.at(old);
                rebuilder.replace(old, rebuilder.builder().add(product(old, ElementType.F32)));
            } else {
                rebuilder.take(old);
            }
            if (wanted.contains(old) && !casts.containsKey(old)) {
                rebuilder.at(old);
                casts.put(old, cast(old, rebuilder));
            }
        }
    }

    /** The cast of a value of the old graph, which need not be wanted by products. */
    Value cast(Value old, GraphRebuilder rebuilder) {
        Value known = casts.get(old);
        if (known != null) {
            return known;
        }
        GraphBuilder builder = rebuilder.builder();
        return switch (old.op()) {
            case Constant constant -> builder.constant(narrow, constant.value());
            case Cast back when back.x().type().element() == narrow -> rebuilder.get(back.x());
            case DotGeneral dot
            when isProduct(old) && narrowOnly.contains(old) && !runsOverRows(dot) -> builder.add(product(old, narrow));
            case Concat _
            when !narrowOnly.contains(old) || joinsCasts(old) ->
                // What is joined may be written to its place in the join, and is cast there once.
                builder.add(new Cast(rebuilder.get(old), narrow));
            case Movement.Layout _, Concat _, StopGradient _
            when old.operands().stream().allMatch(casts::containsKey) ->
                builder.add(old.op()
                        .withOperands(old.operands().stream().map(casts::get).toList()));
            default -> builder.add(new Cast(rebuilder.get(old), narrow));
        };
    }

    /** Whether a join would read something that was only cast for it. */
    private boolean joinsCasts(Value join) {
        return join.operands().stream().map(casts::get).anyMatch(cast -> {
            Value root = cast;
            while (root != null && onlyMoves(root) && root.operands().size() == 1) {
                root = root.operands().getFirst();
            }
            return root == null || root.op() instanceof Cast;
        });
    }

    /** A product over the rows of many matrices may be summed panel by panel, and must not be rounded between. */
    private static boolean runsOverRows(DotGeneral dot) {
        return !dot.xBatch().isEmpty()
                && !dot.xContract().contains(dot.x().type().rank() - 1);
    }

    private DotGeneral product(Value old, ElementType element) {
        DotGeneral dot = (DotGeneral) old.op();
        return new DotGeneral(
                casts.get(dot.x()),
                casts.get(dot.y()),
                dot.xBatch(),
                dot.yBatch(),
                dot.xContract(),
                dot.yContract(),
                element);
    }
}
