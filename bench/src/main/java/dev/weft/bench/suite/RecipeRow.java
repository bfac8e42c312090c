package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.MachineException;
import dev.weft.models.run.RunHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A whole training by {@code weft train}, once in each precision: how long it takes, and what it learns.
 *
 * @param command arguments of {@code weft}, without data, precision and the run's folder
 * @param precisions the first is ours
 */
record RecipeRow(String name, String title, List<String> command, List<String> precisions, List<Target> targets)
        implements Row {

    RecipeRow {
        command = List.copyOf(command);
        precisions = List.copyOf(precisions);
        targets = List.copyOf(targets);
    }

    /** nanoGPT's recipe for a CPU: 2,000 steps. */
    static RecipeRow cpu() {
        String f32 = side("f32");
        String bf16 = side("bf16");
        return new RecipeRow(
                "recipe",
                "nanoGPT's recipe, 2,000 steps by weft train",
                training("layers=4,heads=4,width=128,context=64", 12, 2000, 2000),
                List.of("f32", "bf16"),
                List.of(
                        Target.seconds(25),
                        validation(1.92, f32),
                        new Target(
                                "nats between bf16 and f32",
                                0.01,
                                false,
                                result -> Math.abs(loss(result, bf16) - loss(result, f32)))));
    }

    /** nanoGPT's recipe for a GPU: 5,000 steps, the best loss of one look every 250. */
    static RecipeRow cuda() {
        List<String> command = new ArrayList<>(training("layers=6,heads=6,width=384,context=256", 64, 5000, 250));
        command.addAll(List.of("--drop", "0.2", "--backend", "cuda"));
        return new RecipeRow(
                "recipe",
                "nanoGPT's recipe for a GPU, 5,000 steps by weft train",
                command,
                List.of("bf16"),
                List.of(validation(1.50, side("bf16"))));
    }

    private static List<String> training(String sizes, int batch, int steps, int evalEvery) {
        return List.of(
                "train",
                "gpt",
                "--tokenizer",
                "char",
                "--set",
                sizes,
                "--batch",
                Integer.toString(batch),
                "--steps",
                Integer.toString(steps),
                "--lr",
                "1e-3",
                "--min-lr",
                "1e-4",
                "--warmup",
                "100",
                "--beta2",
                "0.99",
                "--eval-every",
                Integer.toString(evalEvery),
                "--json");
    }

    private static String side(String precision) {
        return "weft " + precision;
    }

    private static Target validation(double nats, String side) {
        return new Target("nats of validation", nats, false, result -> loss(result, side));
    }

    private static double loss(Result result, String side) {
        return result.side(side).map(SideResult::lastLoss).orElse(Double.NaN);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        List<SideResult> sides =
                precisions.stream().map(precision -> side(bench, precision)).toList();
        return Result.of(name, title, sides).judged(targets);
    }

    private SideResult side(Bench bench, String precision) {
        String side = side(precision);
        if (bench.quick()) {
            return SideResult.unavailable(side, "--quick leaves out whole trainings");
        }
        if (bench.data().isEmpty()) {
            return SideResult.unavailable(side, "needs --data tinyshakespeare.txt");
        }
        try {
            Commands weft = bench.commands();
            Path cache = weft.emptyCache();
            Path run = cache.resolveSibling("recipe-" + precision);
            List<String> whole = new ArrayList<>(command);
            whole.addAll(List.of(
                    "--data",
                    bench.data().get().toAbsolutePath().toString(),
                    "--precision",
                    precision,
                    "--out",
                    run.toString()));
            Commands.Done done = weft.run(whole, cache);
            JsonNode json = new ObjectMapper().readTree(done.out());
            double best = RunHistory.read(run)
                    .best()
                    .map(RunHistory.Point::loss)
                    .orElse(json.path("val_loss").asDouble(Double.NaN));
            return new SideResult(
                    side, "weft", "", false, List.of(List.of(done.millis())), List.of(best), OptionalLong.empty());
        } catch (MachineException lack) {
            return SideResult.unavailable(side, String.valueOf(lack.getMessage()));
        } catch (IOException e) {
            return SideResult.unavailable(side, "weft train: must print JSON: " + e.getMessage());
        }
    }
}
