package dev.weft.backend.cuda.epilogue;

import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a product ends.
 *
 * @param result what it stores: the product itself, or what the region computes of it
 * @param vector that the epilogue adds, or the sum of an operand that it stores; null where it has none
 * @param auxiliary what the epilogue stores or reads besides, of the result's element type and sizes; null where it has none
 * @param addend of the result's element type and sizes; null where there is none
 */
public record Ending(
        Value result,
        Epilogue epilogue,
        @Nullable Value vector,
        @Nullable Value auxiliary,
        @Nullable Value addend) {

    /** A product that is stored as it is. */
    public static Ending none(Value product) {
        return new Ending(product, Epilogue.NONE, null, null, null);
    }

    /** Whether it does nothing to the product. */
    public boolean isPlain() {
        return epilogue == Epilogue.NONE && addend == null;
    }

    /** The vector's copy in the result's element type, where it has another one. */
    public Optional<Slot.Narrowed> narrowed() {
        return Optional.ofNullable(vector)
                .filter(any -> !epilogue.vector().isWritten())
                .filter(added -> added.type().element() != result.type().element())
                .map(added -> new Slot.Narrowed(added, result.type().element()));
    }

    /** Values that it stores. */
    public List<Value> made() {
        Value summed = epilogue.vector().isWritten() ? vector : null;
        Value kept = epilogue.auxiliary() == Epilogue.Auxiliary.WRITTEN ? auxiliary : null;
        return Stream.of(result, kept, summed).flatMap(Stream::ofNullable).toList();
    }

    /** Values that it reads besides the product's operands. */
    public List<Value> reads() {
        Value added = epilogue.vector() == Epilogue.Vector.ADDED ? vector : null;
        Value read = epilogue.auxiliary() == Epilogue.Auxiliary.READ ? auxiliary : null;
        return Stream.of(added, read, addend).flatMap(Stream::ofNullable).toList();
    }
}
