package dev.weft.backend.reference;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;

/** Offers the reference backend, which runs everywhere and is chosen where nothing else can run. */
public final class ReferenceProvider implements BackendProvider {

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Score score() {
        return new Score(1, "interprets op by op; runs everywhere, slowly");
    }

    @Override
    public Backend open(BackendOptions options) {
        if (options.budgetBytes() != BackendOptions.UNLIMITED) {
            throw new UserException(
                    "backend reference: knows no memory budget, it keeps every value; choose another backend");
        }
        return new ReferenceBackend(options.memoryBytes());
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
