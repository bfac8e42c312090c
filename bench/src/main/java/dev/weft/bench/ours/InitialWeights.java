package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.dsl.EntryRequest;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.SafeTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/** The parameters that all sides begin with, written by a process that ends before anything is timed. */
final class InitialWeights {

    private static final int SEED = 1337;

    private InitialWeights() {}

    /** Writes the file that {@code opening} names; there are no steps. */
    static SideServer.Work write(Weft weft, Opening opening) {
        try (Model model = weft.compile(Program.load(opening.program())
                .with(constants(opening))
                .lower(List.of(EntryRequest.of("evaluate", Map.of("B", 1L, "T", 1L)))))) {
            model.initialize(SEED);
            SafeTensors.write(Path.of(opening.weights()), model.parameters(), Map.of());
        }
        weft.close();
        return new SideServer.Work() {
            @Override
            public DoubleSupplier step(int index) {
                throw new IllegalArgumentException("weights: has no steps, was asked for " + index);
            }

            @Override
            public void close() {}
        };
    }

    /** The program's constants as text. */
    static Map<String, String> constants(Opening opening) {
        Map<String, String> constants = new TreeMap<>();
        opening.constants().forEach((name, value) -> constants.put(name, Long.toString(value)));
        return constants;
    }
}
