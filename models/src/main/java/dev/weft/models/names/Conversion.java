package dev.weft.models.names;

import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Tensors of one side that become tensors of the other: joined, maybe transposed, maybe widened to f32, split again. Nothing is
 * computed before it is asked for, so that a model can be written tensor by tensor.
 */
public final class Conversion implements SafeTensors.Part {

    private final List<Tensor> from;
    private final int joinAxis;
    private final boolean transposed;
    private final int splitAxis;
    private final SequencedMap<String, TensorType> types;

    /**
     * @param from what is joined along {@code joinAxis}
     * @param types what it is split into along {@code splitAxis}, which must fit; f32 in place of narrower floats widens them
     */
    Conversion(
            List<Tensor> from,
            int joinAxis,
            boolean transposed,
            int splitAxis,
            SequencedMap<String, TensorType> types) {
        this.from = List.copyOf(from);
        this.joinAxis = joinAxis;
        this.transposed = transposed;
        this.splitAxis = splitAxis;
        this.types = new LinkedHashMap<>(types);
    }

    @Override
    public SequencedMap<String, TensorType> types() {
        return new LinkedHashMap<>(types);
    }

    /** The tensors; one that needs no rearrangement is not copied. */
    @Override
    public SequencedMap<String, Tensor> tensors(Arena arena) {
        Tensor whole = Rearrange.join(from, joinAxis, arena);
        whole = transposed ? Rearrange.transpose(whole, arena) : whole;
        whole = whole.type().element() == types.firstEntry().getValue().element()
                ? whole
                : Rearrange.widen(whole, arena);
        List<Long> sizes = types.values().stream()
                .map(type -> Shapes.size(type, splitAxis))
                .toList();
        List<Tensor> pieces = Rearrange.split(whole, splitAxis, sizes, arena);
        SequencedMap<String, Tensor> result = new LinkedHashMap<>();
        types.forEach((name, type) ->
                result.put(name, new Tensor(type, pieces.get(result.size()).data())));
        return result;
    }
}
