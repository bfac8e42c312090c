package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.graph.MachineException;
import dev.weft.models.Weft;
import java.io.IOException;

/** The process in which Weft does its steps. */
public final class WeftSide {

    private WeftSide() {}

    public static void main(String[] arguments) throws IOException {
        SideServer.serve("weft", WeftSide::open);
    }

    private static SideServer.Work open(Opening opening) {
        if (!opening.precision().equals("f32")) {
            throw new MachineException(
                    "weft: products are made in f32 alone by this version, not in " + opening.precision());
        }
        Weft weft = Weft.open(null, opening.threads());
        try {
            return switch (opening.work()) {
                case "train" -> new TrainWork(weft, opening);
                case "decode", "prefill" -> ReadWork.open(weft, opening);
                case "weights" -> InitialWeights.write(weft, opening);
                default -> throw new MachineException("weft: has no work " + opening.work());
            };
        } catch (RuntimeException | Error failure) {
            weft.close();
            throw failure;
        }
    }
}
