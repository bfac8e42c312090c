package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import java.util.List;
import java.util.Map;

/**
 * One piece of a model alone, in turns: on tensors so large that neither a cache nor the time of a launch counts.
 *
 * @param piece as {@link Opening#program} has it
 * @param sizes of the piece
 * @param steps of a side in its turn
 * @param runs of the piece in a step, whose time is that of one
 * @param bytes that it must read and write at least; 0 where products set the limit
 * @param flops of its products; 0 where copying sets the limit
 * @param sides ours first
 */
record PieceRow(
        String name,
        String title,
        String piece,
        Map<String, Long> sizes,
        int steps,
        int runs,
        double bytes,
        double flops,
        List<Contestant> sides,
        List<Target> targets)
        implements Row {

    private static final double NANO = 1e-9;

    PieceRow {
        sizes = Map.copyOf(sizes);
        sides = List.copyOf(sides);
        targets = List.copyOf(targets);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        Contestant ours = sides.getFirst();
        Opening opening = new Opening(
                "piece", piece, sizes, 1, runs, ours.precision(), ours.threads(), Recipe.USUAL.optimizer(0), "", "");
        int count = bench.repeats() + 1;
        try (Turns turns = new Turns()) {
            for (Contestant side : sides) {
                bench.detail(name + ": opening " + side.name());
                turns.add(side, bench::start, process -> process.open(opening.on(side.precision(), side.threads())));
            }
            for (int turn = 0; turn < count; turn++) {
                turns.take(turn, steps);
            }
            return result(bench.peaks(), turns.results()).judged(targets);
        }
    }

    private Result result(Peaks peaks, List<SideResult> measured) {
        boolean copies = bytes > 0;
        return new Result(
                name,
                title,
                measured,
                0,
                flops,
                (copies
                                ? bytes / peaks.copy()
                                : flops / peaks.products(sides.getFirst().precision()))
                        * NANO
                        * 1e3,
                copies
                        ? "copying " + Numbers.gigabytes((long) bytes)
                        : "products in " + sides.getFirst().precision(),
                LossRule.PIECES,
                List.of());
    }
}
