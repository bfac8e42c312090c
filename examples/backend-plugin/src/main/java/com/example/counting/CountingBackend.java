package com.example.counting;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Support;
import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Counts what is compiled; its sessions count what is run. */
final class CountingBackend implements Backend {

    private final Backend wrapped;
    private final Calls calls = new Calls();

    CountingBackend(Backend wrapped) {
        this.wrapped = wrapped;
    }

    @Override
    public List<String> capabilities() {
        List<String> lines = new ArrayList<>(wrapped.capabilities());
        lines.add("calls: " + calls);
        return lines;
    }

    @Override
    public Support supports(Class<? extends Primitive> op, ElementType element) {
        return wrapped.supports(op, element);
    }

    @Override
    public FusionModel fusionModel() {
        return wrapped.fusionModel();
    }

    @Override
    public Session compile(Program program, CompileOptions options) {
        calls.count("compile");
        return new CountingSession(wrapped.compile(program, options), calls);
    }

    @Override
    public void close() {
        wrapped.close();
    }
}
