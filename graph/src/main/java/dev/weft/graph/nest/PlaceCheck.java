package dev.weft.graph.nest;

import dev.weft.graph.Value;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.ScatterAdd;
import java.util.Optional;

/**
 * What the places of a table op must satisfy before it may run.
 *
 * @param places integers
 * @param max largest that is allowed; the smallest is 0
 * @param message with one {@code %d} for what was got
 */
public record PlaceCheck(Value places, long max, String message) {

    /** The check that {@code value} needs; empty if it is no op with places. */
    public static Optional<PlaceCheck> of(Value value) {
        return switch (value.op()) {
            case Gather op -> rows("gather", op.table(), op.indices());
            case ScatterAdd op -> rows("scatter_add", op.into(), op.indices());
            case DynamicSlice op ->
                start("dynamic_slice", op.start(), op.size(), op.x().type().size(op.axis()));
            case DynamicUpdate op ->
                start(
                        "dynamic_update",
                        op.start(),
                        op.update().type().size(op.axis()),
                        op.x().type().size(op.axis()));
            default -> Optional.empty();
        };
    }

    private static Optional<PlaceCheck> rows(String name, Value table, Value indices) {
        long max = table.type().size(0) - 1;
        return Optional.of(new PlaceCheck(
                indices,
                max,
                "%s: index must be in 0..%d, got %%d (%stable %s)"
                        .formatted(name, max, Parameter.behind(indices).replace("%", "%%"), table.type())));
    }

    private static Optional<PlaceCheck> start(String name, Value start, long size, long whole) {
        return Optional.of(new PlaceCheck(
                start,
                whole - size,
                "%s: start must be in 0..%d so that %d elements fit into %d, got %%d"
                        .formatted(name, whole - size, size, whole)));
    }
}
