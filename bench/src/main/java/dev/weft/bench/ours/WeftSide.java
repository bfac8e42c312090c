package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import java.io.IOException;

/** The process in which Weft does its steps. */
public final class WeftSide {

    private WeftSide() {}

    public static void main(String[] arguments) throws IOException {
        SideServer.serve("weft", WeftSide::open);
    }

    private static SideServer.Work open(Opening opening) {
        ElementType precision = opening.precision().equals("bf16") ? ElementType.BF16 : ElementType.F32;
        Weft weft = Weft.open(Weft.Options.defaults().threads(opening.threads()).precision(precision));
        try {
            return switch (opening.work()) {
                case "train" -> new TrainWork(weft, opening);
                case "decode", "prefill" -> ReadWork.open(weft, opening);
                case "weights" -> InitialWeights.write(weft, opening);
                default -> throw new MachineException("weft: has no work " + opening.work());
            };
        } catch (UserException lack) {
            weft.close();
            throw new MachineException(String.valueOf(lack.getMessage()), lack);
        } catch (RuntimeException | Error failure) {
            weft.close();
            throw failure;
        }
    }
}
