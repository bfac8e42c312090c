package dev.weft.kernels;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import java.util.Map;

/** A program's one function, compiled on all processors with stored tensors to read from and write to: a run copies nothing. */
final class Compiled implements AutoCloseable {

    private static final int SEED = 1;

    private final Weft weft;
    private final Model model;
    private final String entry;

    /**
     * @param text of a program whose model has a function without arguments
     * @param constants of the model
     * @param entry the function
     * @param precision of what products read: f32 or bf16
     */
    Compiled(String text, Map<String, String> constants, String entry, ElementType precision) {
        this.entry = entry;
        weft = Weft.open(WeftOptions.defaults().precision(precision));
        model = weft.compile(Program.of("kernel", text).with(constants), EntryRequest.of(entry, Map.of()));
        model.initialize(SEED);
    }

    /** Runs it to its end. */
    int run() {
        return model.run(entry, Map.of()).size();
    }

    @Override
    public void close() {
        model.close();
        weft.close();
    }
}
