package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import java.util.List;

/**
 * Drawing texts of GPT-2 as rows of one batch, beside the same texts one after the other: equal tokens of a step, so the ratio of times is
 * that of tokens a second.
 *
 * @param rows texts of a step
 * @param tokens drawn for each
 * @param ours as rows of one batch
 * @param single one after the other
 */
record SamplesRow(
        String name,
        String title,
        Shape shape,
        int rows,
        int tokens,
        Contestant ours,
        Contestant single,
        List<Target> targets)
        implements Row {

    SamplesRow {
        targets = List.copyOf(targets);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        int count = bench.repeats() + 1;
        String weights = bench.weights(shape);
        String batches = bench.batches(shape, rows, tokens, count, false);
        try (Turns turns = new Turns()) {
            turns.add(ours, bench::start, process -> process.open(opening("samples", weights, batches)));
            turns.add(single, bench::start, process -> process.open(opening("samples-one-by-one", weights, batches)));
            for (int turn = 0; turn < count; turn++) {
                bench.detail("%s: turn %d of %d".formatted(name, turn, count - 1));
                turns.take(turn, 1);
            }
            List<SideResult> measured = turns.results();
            return new Result(
                            name,
                            title,
                            measured,
                            (double) rows * tokens,
                            0,
                            Double.NaN,
                            "",
                            LossRule.SAMPLED,
                            List.of())
                    .judged(targets);
        }
    }

    private Opening opening(String work, String weights, String batches) {
        return new Opening(
                work,
                shape.program(),
                shape.constants(),
                rows,
                tokens,
                ours.precision(),
                ours.threads(),
                Recipe.USUAL.optimizer(0),
                weights,
                batches);
    }
}
