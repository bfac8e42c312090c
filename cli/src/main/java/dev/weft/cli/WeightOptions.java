package dev.weft.cli;

import dev.weft.graph.pass.weights.WeightType;
import dev.weft.models.score.WeightChange;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine.Option;

/** What the weights of a trained model are held in. */
final class WeightOptions {

    /** As they are written on the command line. */
    enum Type {
        f32(WeightType.F32),
        bf16(WeightType.BF16),
        int8(WeightType.INT8);

        private final WeightType type;

        Type(WeightType type) {
            this.type = type;
        }
    }

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description =
                    "What matrices are stored in: f32, bf16, or int8 with a scale for each 64 numbers. Default: f32.")
    Type weights = Type.f32;

    /** Whether they are held in another type than the program says. */
    boolean areHeld() {
        return weights != Type.f32;
    }

    WeightType type() {
        return weights.type;
    }

    SequencedMap<String, Object> json(WeightChange change) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("type", weights.toString());
        json.put("nats_per_token_f32", change.before().natsPerToken());
        json.put("change_nats_per_token", change.nats());
        json.put("greedy_agreement", change.agreement());
        json.put("tokens", change.tokens());
        return json;
    }

    void print(WeightChange change, PrintStream to) {
        to.printf(
                "weights %s: %.6f nats a token, with f32 %.6f: a change of %+.6f; the likeliest token is the same at %,d of %,d places (%.2f %%)%n",
                weights,
                change.after().natsPerToken(),
                change.before().natsPerToken(),
                change.nats(),
                change.agreeing(),
                change.tokens(),
                100 * change.agreement());
    }
}
