package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideProcess;
import dev.weft.bench.protocol.Steps;
import dev.weft.graph.MachineException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

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

    /** What one side did so far. */
    private static final class Running {
        private final SideProcess process;
        private final String version;
        private final List<List<Double>> millis = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();

        Running(SideProcess process, String version) {
            this.process = process;
            this.version = version;
        }

        void turn(int first, int count, boolean counts) {
            Steps done = process.steps(first, count);
            losses.addAll(done.losses());
            if (counts) {
                millis.add(done.millis());
            }
        }

        SideResult result(String name) {
            OptionalLong peak = process.peakResidentBytes();
            return new SideResult(name, version, "", millis, losses, peak);
        }
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        List<Contestant> all = new ArrayList<>(sides);
        bench.peerCommand()
                .ifPresent(_ -> all.add(
                        new Contestant(Contestant.Kind.COMMAND, sides.getFirst().precision(), 2)));
        int turns = bench.repeats() + 1;
        Map<Contestant, Running> running = new LinkedHashMap<>();
        Map<Contestant, SideResult> results = new LinkedHashMap<>();
        try {
            String weights = bench.weights(shape);
            String batches = bench.batches(shape, batch, length, turns * steps);
            for (Contestant side : all) {
                bench.detail(name + ": opening " + side.name());
                try {
                    running.put(side, open(bench, side, weights, batches));
                } catch (MachineException lack) {
                    results.put(side, SideResult.unavailable(side.name(), String.valueOf(lack.getMessage())));
                }
            }
            if (running.containsKey(sides.getFirst())) {
                take(bench, new ArrayList<>(running.values()), turns);
                running.forEach((side, run) -> results.put(side, run.result(side.name())));
            } else {
                running.keySet()
                        .forEach(side -> results.put(
                                side,
                                SideResult.unavailable(side.name(), "not run: there is nothing to compare it with")));
            }
        } finally {
            running.values().forEach(run -> run.process.close());
        }
        return result(bench, all.stream().map(results::get).toList()).judged(targets);
    }

    private Running open(Bench bench, Contestant side, String weights, String batches) {
        SideProcess process = bench.start(side);
        try {
            return new Running(process, process.open(opening(side, weights, batches)));
        } catch (RuntimeException failure) {
            process.close();
            throw failure;
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

    private void take(Bench bench, List<Running> running, int turns) {
        for (int turn = 0; turn < turns; turn++) {
            bench.detail("%s: turn %d of %d".formatted(name, turn, turns - 1));
            for (int i = 0; i < running.size(); i++) {
                running.get((turn + i) % running.size()).turn(turn * steps, steps, turn > 0);
            }
        }
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
