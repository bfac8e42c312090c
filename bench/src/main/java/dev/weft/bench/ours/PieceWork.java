package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * One piece of a model alone, on tensors that stay where they are: its entry {@code step} runs as often as the opening's {@code length}
 * says, then the device is waited for. The loss of a step is a number that {@code check} makes of what came out.
 */
final class PieceWork implements SideServer.Work {

    private static final String NOISE = "noise";

    private final Weft weft;
    private final Model model;
    private final int runs;

    PieceWork(Weft weft, Opening opening) {
        this.weft = weft;
        runs = opening.length();
        model = weft.compile(
                Program.of(opening.program(), text(opening.program()) + "\n" + text(NOISE))
                        .with(InitialWeights.constants(opening)),
                EntryRequest.of("fill", Map.of()),
                EntryRequest.of("step", Map.of()),
                EntryRequest.of("ready", Map.of()),
                EntryRequest.of("check", Map.of()));
        model.initialize(0);
        model.run("fill", Map.of());
    }

    private static String text(String piece) {
        try (InputStream text = PieceWork.class.getResourceAsStream("pieces/" + piece + ".weft")) {
            if (text == null) {
                throw new MachineException("weft: has no piece " + piece);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int runs() {
        return runs;
    }

    @Override
    public DoubleSupplier step(int index) {
        for (int i = 0; i < runs; i++) {
            model.run("step", Map.of());
        }
        // A run may return before it has ended; what gives something back waits.
        model.run("ready", Map.of());
        return () -> Model.scalar(model.run("check", Map.of()).firstEntry().getValue());
    }

    @Override
    public void close() {
        model.close();
        weft.close();
    }
}
