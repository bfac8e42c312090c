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
 * @param recipe of training
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
        Recipe recipe,
        List<Contestant> sides,
        List<Target> targets)
        implements Row {

    private static final double BF16_BYTES = 2;

    /** A number, and the 64th part of its scale. */
    static final double INT8_BYTES = 1 + Float.BYTES / 64.0;

    TurnRow {
        sides = List.copyOf(sides);
        targets = List.copyOf(targets);
    }

    /** This, on these sides: ours first. */
    TurnRow of(Contestant... all) {
        String precise = title + ", " + all[0].precision();
        return new TurnRow(name, precise, work, shape, batch, length, steps, recipe, List.of(all), targets);
    }

    /** This, trained in another manner. */
    TurnRow by(Recipe other) {
        return new TurnRow(name, title, work, shape, batch, length, steps, other, sides, targets);
    }

    /** This, with targets. */
    TurnRow must(Target... all) {
        return new TurnRow(name, title, work, shape, batch, length, steps, recipe, sides, List.of(all));
    }

    /** This, for a first look: shorter turns, and without those that take a minute to begin. */
    private TurnRow quick() {
        List<Contestant> some = sides.stream()
                .filter(side -> side.kind() != Contestant.Kind.EAGER && side.kind() != Contestant.Kind.COMPILED)
                .toList();
        return new TurnRow(name, title, work, shape, batch, length, Math.max(1, steps / 2), recipe, some, targets);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        TurnRow row = bench.quick() ? quick() : this;
        return row.inTurns(bench, recipe.characters() ? bench.forCharacters(shape) : shape);
    }

    private Result inTurns(Bench bench, Shape sized) {
        List<Contestant> all = new ArrayList<>(sides);
        bench.peerCommand()
                .ifPresent(_ -> all.add(
                        new Contestant(Contestant.Kind.COMMAND, sides.getFirst().precision(), 2)));
        int count = bench.repeats() + 1;
        Opening first = new Opening(
                work,
                sized.program(),
                sized.constants(),
                batch,
                length,
                sides.getFirst().precision(),
                sides.getFirst().threads(),
                recipe.optimizer(count * steps),
                bench.weights(sized),
                bench.batches(sized, batch, length, count * steps, recipe.characters()));
        try (Turns turns = new Turns()) {
            for (Contestant side : all) {
                bench.detail(name + ": opening " + side.name());
                turns.add(side, bench::start, process -> process.open(first.on(side.precision(), side.threads())));
            }
            for (int turn = 0; turn < count; turn++) {
                bench.detail("%s: turn %d of %d".formatted(name, turn, count - 1));
                turns.take(turn, steps);
            }
            return result(bench, sized, turns.results()).judged(targets);
        }
    }

    private static double bytesAWeight(String precision) {
        return switch (precision) {
            case "int8" -> INT8_BYTES;
            case "bf16" -> BF16_BYTES;
            default -> Float.BYTES;
        };
    }

    private Result result(Bench bench, Shape sized, List<SideResult> measured) {
        String precision = sides.getFirst().precision();
        boolean decode = work.equals("decode");
        double flops =
                switch (work) {
                    case "train" -> sized.trainingFlops(batch, length);
                    case "prefill" -> sized.prefillFlops(batch, length);
                    default -> 2 * sized.products();
                };
        double bytes = sized.decodeBytes(bytesAWeight(precision));
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
                recipe.losses(),
                List.of());
    }
}
