package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A whole training by {@code weft train}, once in f32 and once in bf16: how long it takes, and what it learns. */
record RecipeRow(String name, String title) implements Row {

    private static final String F32 = "weft f32";
    private static final String BF16 = "weft bf16";
    private static final double MOST_SECONDS = 25;
    private static final double MOST_NATS = 1.92;
    private static final double MOST_DIFFERENCE = 0.01;

    private static final List<String> TRAIN = List.of(
            "train",
            "gpt",
            "--tokenizer",
            "char",
            "--set",
            "layers=4,heads=4,width=128,context=64",
            "--batch",
            "12",
            "--steps",
            "2000",
            "--lr",
            "1e-3",
            "--min-lr",
            "1e-4",
            "--warmup",
            "100",
            "--beta2",
            "0.99",
            "--eval-every",
            "2000",
            "--json");

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        List<SideResult> sides = List.of(side(bench, "f32"), side(bench, "bf16"));
        return Result.of(name, title, sides)
                .judged(List.of(
                        Target.seconds(MOST_SECONDS),
                        new Target("nats of validation", MOST_NATS, false, result -> validation(result, F32)),
                        new Target(
                                "nats between bf16 and f32",
                                MOST_DIFFERENCE,
                                false,
                                result -> Math.abs(validation(result, BF16) - validation(result, F32)))));
    }

    private static double validation(Result result, String side) {
        return result.side(side).map(SideResult::lastLoss).orElse(Double.NaN);
    }

    private static SideResult side(Bench bench, String precision) {
        String side = "weft " + precision;
        if (bench.quick()) {
            return SideResult.unavailable(side, "--quick leaves out whole trainings");
        }
        if (bench.data().isEmpty()) {
            return SideResult.unavailable(side, "needs --data tinyshakespeare.txt");
        }
        try {
            Commands weft = bench.commands();
            Path cache = weft.emptyCache();
            List<String> command = new ArrayList<>(TRAIN);
            command.addAll(List.of(
                    "--data",
                    bench.data().get().toAbsolutePath().toString(),
                    "--precision",
                    precision,
                    "--out",
                    cache.resolveSibling("recipe-" + precision).toString()));
            Commands.Done done = weft.run(command, cache);
            JsonNode json = new ObjectMapper().readTree(done.out());
            double loss = json.path("val_loss").asDouble(Double.NaN);
            return new SideResult(
                    side, "weft", "", false, List.of(List.of(done.millis())), List.of(loss), OptionalLong.empty());
        } catch (MachineException lack) {
            return SideResult.unavailable(side, String.valueOf(lack.getMessage()));
        } catch (IOException e) {
            return SideResult.unavailable(side, "weft train: must print JSON: " + e.getMessage());
        }
    }
}
