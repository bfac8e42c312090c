package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import java.util.ArrayList;
import java.util.List;

/**
 * The same work on several sides in turns: some steps of one, then as many of the next, and again. The first turn warms up and does not
 * count; turns begin with another side each time.
 *
 * @param work as {@link Opening} has it
 * @param steps of a side in its turn
 * @param sides ours first
 */
record TurnRow(
        String name,
        String title,
        String work,
        Shape shape,
        int batch,
        int length,
        int steps,
        List<Contestant> sides,
        List<Target> targets)
        implements Row {

    private static final Opening.Optimizer ADAMW = new Opening.Optimizer(3e-4, 0.9, 0.95, 1e-8, 0.1, 1);
    private static final int BF16_BYTES = 2;

    TurnRow {
        sides = List.copyOf(sides);
        targets = List.copyOf(targets);
    }

    /** This, on these sides: ours first. */
    TurnRow of(Contestant... all) {
        String precise = title + ", " + all[0].precision();
        return new TurnRow(name, precise, work, shape, batch, length, steps, List.of(all), targets);
    }

    /** This, with targets. */
    TurnRow must(Target... all) {
        return new TurnRow(name, title, work, shape, batch, length, steps, sides, List.of(all));
    }

    /** This, for a first look: shorter turns, and without those that take a minute to begin. */
    private TurnRow quick() {
        List<Contestant> some = sides.stream()
                .filter(side -> side.kind() != Contestant.Kind.EAGER && side.kind() != Contestant.Kind.COMPILED)
                .toList();
        return new TurnRow(name, title, work, shape, batch, length, Math.max(1, steps / 2), some, targets);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        return bench.quick() ? quick().inTurns(bench) : inTurns(bench);
    }

    private Result inTurns(Bench bench) {
        List<Contestant> all = new ArrayList<>(sides);
        bench.peerCommand()
                .ifPresent(_ -> all.add(
                        new Contestant(Contestant.Kind.COMMAND, sides.getFirst().precision(), 2)));
        int count = bench.repeats() + 1;
        String weights = bench.weights(shape);
        String batches = bench.batches(shape, batch, length, count * steps);
        try (Turns turns = new Turns()) {
            for (Contestant side : all) {
                bench.detail(name + ": opening " + side.name());
                turns.add(side, bench::start, process -> process.open(opening(side, weights, batches)));
            }
            for (int turn = 0; turn < count; turn++) {
                bench.detail("%s: turn %d of %d".formatted(name, turn, count - 1));
                turns.take(turn, steps);
            }
            return result(bench, turns.results()).judged(targets);
        }
    }

    private Opening opening(Contestant side, String weights, String batches) {
        return new Opening(
                work,
                shape.program(),
                shape.constants(),
                batch,
                length,
                side.precision(),
                side.threads(),
                ADAMW,
                weights,
                batches);
    }

    private Result result(Bench bench, List<SideResult> measured) {
        String precision = sides.getFirst().precision();
        boolean decode = work.equals("decode");
        double flops =
                switch (work) {
                    case "train" -> shape.trainingFlops(batch, length);
                    case "prefill" -> shape.prefillFlops(batch, length);
                    default -> 2 * shape.products();
                };
        double bytes = shape.decodeBytes(precision.equals("bf16") ? BF16_BYTES : Float.BYTES);
        double limit = decode
                ? bytes / bench.peaks().read() / 1e6
                : flops / bench.peaks().products(precision) / 1e6;
        return new Result(
                name,
                title,
                measured,
                (double) batch * length,
                flops,
                limit,
                decode ? "reading the weights" : "products in " + precision,
                LossRule.USUAL,
                List.of());
    }
}
