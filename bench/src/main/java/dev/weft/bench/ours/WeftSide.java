package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** The process in which Weft does its steps. */
public final class WeftSide {

    /** Has the program in other words. */
    public static final String REWRITTEN = "rewritten";

    /** Stands before the name of a backend. */
    public static final String BACKEND = "--backend";

    private WeftSide() {}

    /**
     * @param arguments {@link #REWRITTEN}, or nothing for the programs as they are shipped; {@link #BACKEND} and a name, or nothing for
     *     the best backend of the machine
     */
    public static void main(String[] arguments) throws IOException {
        List<String> given = List.of(arguments);
        Function<String, Wording> wording = given.contains(REWRITTEN) ? Wording::rewritten : Wording::shipped;
        int named = given.indexOf(BACKEND) + 1;
        WeftOptions options = named > 0 ? WeftOptions.defaults().backend(given.get(named)) : WeftOptions.defaults();
        SideServer.serve("weft", opening -> open(opening, wording, options));
    }

    private static SideServer.Work open(Opening opening, Function<String, Wording> wording, WeftOptions options) {
        boolean integers = opening.precision().equals(Opening.INTEGERS);
        boolean held = integers || opening.precision().equals(WeightType.INT8.toString());
        ElementType precision = held || opening.precision().equals("bf16") ? ElementType.BF16 : ElementType.F32;
        WeftOptions threads = options.threads(opening.threads());
        Weft weft = Weft.open(integers ? threads.withIntegers() : threads.precision(precision))
                .withWeights(held ? WeightType.INT8 : WeightType.F32);
        try {
            return switch (opening.work()) {
                case "train" -> new TrainWork(weft, opening, wording.apply(opening.program()));
                case "decode", "prefill" -> ReadWork.open(weft, opening);
                case "samples" -> SampleWork.open(weft, opening, opening.batch());
                case "samples-one-by-one" -> SampleWork.open(weft, opening, 1);
                case "piece" -> new PieceWork(weft, opening);
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
