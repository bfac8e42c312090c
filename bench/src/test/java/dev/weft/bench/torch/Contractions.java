package dev.weft.bench.torch;

import dev.weft.backend.testkit.Values;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Products with batch, contracted and free axes in any number and order, as {@code einsum} would write them. */
final class Contractions {

    private static final List<Long> SIZES = List.of(1L, 2L, 3L, 5L, 8L, 17L, 33L);
    private static final long MOST_PRODUCTS = 200_000;

    private Contractions() {}

    static OpCase draw(OpShapes s) {
        while (true) {
            Map<String, Long> sizes = new HashMap<>();
            List<String> batch = letters(s, 'a', 2, sizes);
            List<String> contracted = letters(s, 'd', 3, sizes);
            List<String> xFree = letters(s, 'g', 3, sizes);
            List<String> yFree = letters(s, 'j', 3, sizes);
            long products = sizes.values().stream().reduce(1L, (a, b) -> a * b);
            if (products <= MOST_PRODUCTS) {
                return of(
                        s,
                        sizes,
                        batch,
                        contracted,
                        s.shuffled(joined(batch, contracted, xFree)),
                        s.shuffled(joined(batch, contracted, yFree)));
            }
        }
    }

    /** Fewer than {@code limit} new axes, each with a letter and a size. */
    private static List<String> letters(OpShapes s, char first, int limit, Map<String, Long> sizes) {
        List<String> letters = new ArrayList<>();
        int count = s.below(limit);
        for (int i = 0; i < count; i++) {
            letters.add(String.valueOf((char) (first + i)));
            sizes.put(letters.getLast(), s.below(40) == 0 ? 0L : s.pick(SIZES));
        }
        return List.copyOf(letters);
    }

    private static OpCase of(
            OpShapes s,
            Map<String, Long> sizes,
            List<String> batch,
            List<String> contracted,
            List<String> x,
            List<String> y) {
        List<String> result = new ArrayList<>(batch);
        joined(x, y).stream()
                .filter(axis -> !batch.contains(axis) && !contracted.contains(axis))
                .forEach(result::add);
        String equation = "%s,%s->%s".formatted(String.join("", x), String.join("", y), String.join("", result));
        BiFunction<Value, Value, Op> weft = (a, b) -> new DotGeneral(
                a, b, places(batch, x), places(batch, y), places(contracted, x), places(contracted, y), s.element);
        return OpShapes.binary(
                s.of(Values.REAL, x.stream().mapToLong(sizes::get).toArray()),
                s.of(Values.REAL, y.stream().mapToLong(sizes::get).toArray()),
                weft,
                (a, b) -> torch.einsum(equation, new TensorVector(a, b)));
    }

    private static List<Integer> places(List<String> axes, List<String> in) {
        return axes.stream().map(in::indexOf).toList();
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
