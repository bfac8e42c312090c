package dev.weft.autodiff;

import static dev.weft.autodiff.Expressions.joined;
import static dev.weft.autodiff.Expressions.range;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradients of {@code z[b, m, n] = Σₖ x[b, m, k] · y[b, k, n]}: {@code dx[b, m, k] = Σₙ dz[b, m, n] · y[b, k, n]} and
 * {@code dy[b, k, n] = Σₘ x[b, m, k] · dz[b, m, n]}, with the axes brought back to where they stood in x and y. The order of the two
 * factors is the one that leaves the least to permute: a linear layer's weight gradient comes out as the weight is stored.
 *
 * <p>Operands of a product have one element type. Where x and y are narrower than z, dz is cast to theirs.
 */
final class ContractionGradient {

    private ContractionGradient() {}

    static Value byX(Expressions e, DotGeneral dot, Value dz) {
        int firstOfY = dot.xBatch().size() + dot.xFree().size();
        return gradient(e, x(dot), y(dot), dz, range(firstOfY, dz.type().rank()));
    }

    static Value byY(Expressions e, DotGeneral dot, Value dz) {
        int firstOfX = dot.xBatch().size();
        return gradient(
                e, y(dot), x(dot), dz, range(firstOfX, firstOfX + dot.xFree().size()));
    }

    private static Side x(DotGeneral dot) {
        return new Side(dot.x(), dot.xBatch(), dot.xFree(), dot.xContract());
    }

    private static Side y(DotGeneral dot) {
        return new Side(dot.y(), dot.yBatch(), dot.yFree(), dot.yContract());
    }

    /** An operand and the roles of its axes. */
    private record Side(Value value, List<Integer> batch, List<Integer> free, List<Integer> contract) {}

    /** The gradient by {@code self}; {@code summed} are the axes of dz that are free axes of {@code other}. */
    private static Value gradient(Expressions e, Side self, Side other, Value dz, List<Integer> summed) {
        Value narrow = e.cast(dz, other.value.type().element());
        List<Integer> batch = range(0, self.batch.size());
        // A product lists the remaining axes of the other operand by their place there.
        List<Integer> contracted = inOrderOf(other.contract, self.contract);
        var element = self.value.type().element();
        List<Integer> gradientFirst = joined(self.batch, self.free, contracted);
        List<Integer> otherFirst = joined(self.batch, contracted, self.free);
        if (isOrdered(otherFirst) && !isOrdered(gradientFirst)) {
            return e.make(new DotGeneral(other.value, narrow, other.batch, batch, other.free, summed, element));
        }
        Value product = e.make(new DotGeneral(narrow, other.value, batch, other.batch, summed, other.free, element));
        return e.permute(product, Expressions.inverse(gradientFirst));
    }

    /** {@code values} sorted as {@code keys} would be. */
    private static List<Integer> inOrderOf(List<Integer> keys, List<Integer> values) {
        List<Integer> order = new ArrayList<>(range(0, keys.size()));
        order.sort(Comparator.comparing(keys::get));
        return order.stream().map(values::get).toList();
    }

    private static boolean isOrdered(List<Integer> axes) {
        return IntStream.range(0, axes.size()).allMatch(i -> axes.get(i) == i);
    }
}
