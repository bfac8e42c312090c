package com.example.counting;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.graph.op.Primitive;

/** Offers the best backend that Weft has, with counters in front of it. */
public final class CountingProvider implements BackendProvider {

    @Override
    public String name() {
        return "counting";
    }

    /** Just below the backend it wraps, so that it is used only where somebody asks for it. */
    @Override
    public Score score() {
        BackendProvider wrapped = Backends.best();
        return new Score(Math.max(1, wrapped.score().value() - 1), "counts the calls of backend " + wrapped.name());
    }

    @Override
    public Backend open(BackendOptions options) {
        return new CountingBackend(Backends.best().open(options));
    }

    @Override
    public int opSet() {
        return Primitive.VERSION;
    }
}
