package dev.weft.backend.cpu.kernel;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.schedule.Widened;
import dev.weft.graph.type.ElementType;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code dot(x, y) -> dot(cast(x), cast(y))} for products of bf16, in f32: what a processor computes that multiplies no bf16. The numbers are
 * the same, and the libraries' products of f32 are many times as fast there. Casts stand before whatever only moves elements, so that
 * one serves all products. Products of few rows, and of weights in fewer bits, have kernels that widen as they read: they stay.
 */
public final class ProductsInF32 {

    private final GraphRebuilder to;
    /** Values of bf16 of which products want casts. */
    private final Set<Value> wanted = new HashSet<>();

    private final Map<Value, Value> casts = new IdentityHashMap<>();

    private ProductsInF32(Graph source) {
        this.to = new GraphRebuilder(source);
        Map<Value, List<Value>> users = source.users();
        for (Value value : source.values().reversed()) {
            if (value.type().element() == ElementType.BF16
                    && users.get(value).stream().anyMatch(this::wantsOperands)) {
                wanted.add(value);
            }
        }
        source.values().forEach(this::take);
    }

    /** The graph of the same results whose products read f32. */
    public static Graph of(Graph graph) {
        return new ProductsInF32(graph).to.build();
    }

    private boolean wantsOperands(Value reader) {
        return isProduct(reader) || onlyMoves(reader) && wanted.contains(reader);
    }

    private static boolean isProduct(Value value) {
        return value.op() instanceof DotGeneral dot
                && dot.x().type().element() == ElementType.BF16
                && rows(dot.x(), dot.xFree()) > Precision.FEW_ROWS
                && rows(dot.y(), dot.yFree()) > Precision.FEW_ROWS
                && Widened.of(dot.y()).isEmpty();
    }

    private static long rows(Value operand, List<Integer> free) {
        return free.stream().mapToLong(operand.type().shape()::size).reduce(1, Math::multiplyExact);
    }

    private static boolean onlyMoves(Value value) {
        return value.op() instanceof Movement.Layout
                || value.op() instanceof Concat
                || value.op() instanceof StopGradient;
    }

    private void take(Value old) {
        to.at(old);
        if (old.op() instanceof DotGeneral dot && isProduct(old)) {
            to.replace(old, product(dot));
        } else {
            to.take(old);
        }
        if (wanted.contains(old)) {
            casts.put(old, cast(old));
        }
    }

    /** Rounded behind the product, where its epilogue may do so. */
    private Value product(DotGeneral dot) {
        GraphBuilder builder = to.builder();
        Value sums = builder.add(new DotGeneral(
                casts.get(dot.x()),
                casts.get(dot.y()),
                dot.xBatch(),
                dot.yBatch(),
                dot.xContract(),
                dot.yContract(),
                ElementType.F32));
        return dot.element() == ElementType.F32 ? sums : builder.add(new Cast(sums, dot.element()));
    }

    private Value cast(Value old) {
        return onlyMoves(old) && old.operands().stream().allMatch(casts::containsKey)
                ? to.builder()
                        .add(old.op()
                                .withOperands(
                                        old.operands().stream().map(casts::get).toList()))
                : to.builder().add(new Cast(to.get(old), ElementType.F32));
    }
}
