package dev.weft.backend.reference;

import dev.weft.backend.spi.Buffer;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import org.jspecify.annotations.Nullable;

/** An output, which holds its tensor, or the place of a stored tensor, whose contents the session holds. */
final class TensorBuffer implements Buffer {

    final ReferenceSession owner;
    final @Nullable String stored;
    private final TensorType type;
    private @Nullable Tensor tensor;

    TensorBuffer(ReferenceSession owner, TensorType type, @Nullable String stored, @Nullable Tensor tensor) {
        this.owner = owner;
        this.type = type;
        this.stored = stored;
        this.tensor = tensor;
    }

    @Override
    public TensorType type() {
        return type;
    }

    Tensor tensor() {
        if (tensor == null) {
            throw new IllegalStateException("buffer of " + type + ": is closed");
        }
        return tensor;
    }

    void set(Tensor contents) {
        tensor = contents;
    }

    @Override
    public void close() {
        if (stored == null) {
            tensor = null;
        }
    }
}
