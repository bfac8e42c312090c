package dev.weft.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The same training at several batches, on all sides each. A side's figure is that of the batch at which it has the most tokens a second, as
 * the time that it takes for the tokens of our best batch.
 *
 * @param batches rows that differ in their batch alone
 */
record BestRow(String name, String title, List<TurnRow> batches, List<Target> targets) implements Row {

    BestRow {
        batches = List.copyOf(batches);
        targets = List.copyOf(targets);
    }

    @Override
    public Result run(Bench bench) {
        List<Result> all = new ArrayList<>();
        for (TurnRow row : batches) {
            all.add(row.run(bench));
        }
        return best(all).judged(targets);
    }

    /** Of results with the same sides in the same order. */
    private Result best(List<Result> all) {
        Result chosen = fastest(all, 0).orElse(all.getFirst());
        List<SideResult> sides = new ArrayList<>();
        for (int side = 0; side < chosen.sides().size(); side++) {
            int index = side;
            sides.add(fastest(all, side)
                    .map(result -> scaled(result, index, chosen.tokens()))
                    .orElse(chosen.sides().get(side)));
        }
        // Losses of different batches are different losses; each batch has been compared in its own row.
        List<SideResult> unequal = all.stream()
                .flatMap(result -> result.unequal().stream())
                .map(sentence -> SideResult.failed("losses", sentence))
                .toList();
        sides.addAll(unequal);
        return new Result(
                name,
                title
                        + batches.getFirst().sides().stream()
                                .findFirst()
                                .map(side -> ", " + side.precision())
                                .orElse(""),
                sides,
                chosen.tokens(),
                chosen.flops(),
                chosen.limitMillis(),
                chosen.limit(),
                LossRule.NONE,
                List.of());
    }

    private static Optional<Result> fastest(List<Result> all, int side) {
        return all.stream()
                .filter(result -> result.sides().get(side).isThere())
                .max((one, other) -> Double.compare(rate(one, side), rate(other, side)));
    }

    private static double rate(Result result, int side) {
        return result.tokens() / result.sides().get(side).spread().median();
    }

    private static SideResult scaled(Result result, int index, double tokens) {
        SideResult side = result.sides().get(index);
        double factor = tokens / result.tokens();
        String version = side.version() + "; of %,.0f tokens a step, its best".formatted(result.tokens());
        return new SideResult(
                side.name(),
                version,
                "",
                false,
                side.millis().stream()
                        .map(turn ->
                                turn.stream().map(millis -> millis * factor).toList())
                        .toList(),
                side.losses(),
                side.peakBytes(),
                OptionalLong.empty(),
                side.host().stream().map(millis -> millis * factor).toList());
    }
}
