package dev.weft.bench.suite;

import java.util.ArrayList;
import java.util.List;

/** The suite {@code cpu}: what is timed, beside whom, and what it must reach. */
final class Rows {

    private static final String TORCH_F32 = Contestant.libtorch("f32").name();

    private Rows() {}

    /** All rows, in the order in which they run. */
    static List<Row> cpu() {
        List<Row> rows = new ArrayList<>();
        rows.add(new TurnRow(
                "gpt2",
                "GPT-2 124M, a training step, B=4 T=64, f32",
                "train",
                Shape.gpt2(),
                4,
                64,
                3,
                List.of(Contestant.weft("f32"), Contestant.libtorch("f32")),
                List.of(Target.times(2.0, TORCH_F32), Target.seconds(0.60), Target.shareOfLimit(0.70))));
        return rows;
    }
}
