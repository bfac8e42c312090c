package dev.weft.backend.cuda;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.op.Primitive;

/** The backend on a device that is only described and has 8 GiB of memory, for those who find backends by name. */
public final class DescribedProvider implements BackendProvider {
    static final long MEMORY = 8L << 30;

    @Override
    public String name() {
        return "cuda-described";
    }

    @Override
    public Score score() {
        return new Score(1, "is for tests");
    }

    @Override
    public Backend open(BackendOptions options) {
        return new CudaBackend(Described.h200(MEMORY), options);
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
