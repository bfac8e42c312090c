package dev.weft.bench.protocol;

import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;

/** The batches of a turn: {@code tokens} and {@code targets}, each i32 [steps, batch, length]. Closing unmaps them. */
public final class BatchFile implements AutoCloseable {

    private final SafeTensors file;
    private final Tensor tokens;
    private final Tensor targets;

    public BatchFile(String path) {
        file = SafeTensors.open(Path.of(path));
        tokens = file.tensor("tokens");
        targets = file.tensor("targets");
    }

    /** What step {@code index} reads: (batch, length). */
    public Tensor tokens(int index) {
        return slice(tokens, index);
    }

    /** What step {@code index} shall predict: (batch, length). */
    public Tensor targets(int index) {
        return slice(targets, index);
    }

    private static Tensor slice(Tensor all, int index) {
        long[] sizes = all.type().shape().sizes();
        TensorType type = TensorType.of(all.type().element(), sizes[1], sizes[2]);
        return new Tensor(type, all.data().asSlice(index * type.bytes(), type.bytes()));
    }

    @Override
    public void close() {
        file.close();
    }
}
