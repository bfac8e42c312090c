package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.MachineException;
import dev.weft.models.data.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A model is trained on the first nine tenths of a text by {@code weft train}, once, and codes the rest by {@code weft compress}, beside
 * programs that know nothing of language; {@code weft decompress} must give the same bytes back.
 *
 * @param command arguments of {@code weft train}, without data and the run's folder
 */
record CompressionRow(String name, String title, List<String> command, List<Target> targets) implements Row {

    private static final String OURS = "weft compress";
    private static final String TRAINING = "weft train";
    private static final String RESTORING = "weft decompress";
    private static final String WITH_F32 = "weft compress, with the model in f32";
    private static final String WITH_BF16 = "weft compress, with the model in bf16";
    private static final String IDEAL = "the model's own bits, and the header";

    CompressionRow {
        command = List.copyOf(command);
        targets = List.copyOf(targets);
    }

    static CompressionRow shakespeare() {
        return new CompressionRow(
                "compression",
                "the last tenth of a text, by a model trained on the others for at most five minutes",
                List.of(
                        "train",
                        "llama",
                        "--tokenizer",
                        "char",
                        "--set",
                        "layers=4,heads=4,width=128,context=128",
                        "--precision",
                        "bf16",
                        "--batch",
                        "6",
                        "--steps",
                        "6000",
                        "--lr",
                        "2e-3",
                        "--warmup",
                        "200",
                        "--beta2",
                        "0.99",
                        "--eval-every",
                        "6000"),
                List.of(
                        new Target("bytes", 34_500, false, result -> written(result, OURS)),
                        new Target("s of training", 300, false, result -> millis(result, TRAINING) / 1e3),
                        new Target(
                                "of the file above the model's own bits",
                                0.001,
                                false,
                                result -> written(result, OURS) / written(result, IDEAL) - 1)));
    }

    private static double written(Result result, String side) {
        return result.side(side)
                .filter(there -> there.written().isPresent())
                .map(there -> (double) there.written().getAsLong())
                .orElse(Double.NaN);
    }

    private static double millis(Result result, String side) {
        return result.side(side)
                .filter(SideResult::isThere)
                .map(there -> there.spread().median())
                .orElse(Double.NaN);
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        if (bench.quick()) {
            return unavailable("--quick leaves out whole trainings");
        }
        if (bench.data().isEmpty()) {
            return unavailable("needs --data tinyshakespeare.txt");
        }
        try {
            return Result.of(name, title, sides(bench, bench.data().get().toAbsolutePath()))
                    .judged(targets);
        } catch (MachineException lack) {
            return unavailable(String.valueOf(lack.getMessage()));
        } catch (IOException e) {
            return unavailable("cannot read or write a file: " + e.getMessage());
        }
    }

    private Result unavailable(String sentence) {
        return Result.of(name, title, List.of(SideResult.unavailable(OURS, sentence)))
                .judged(targets);
    }

    private List<SideResult> sides(Bench bench, Path data) throws IOException {
        Commands weft = bench.commands();
        Path cache = weft.emptyCache();
        Path folder = Files.createDirectories(cache.resolveSibling("compression"));
        Corpus corpus = Corpus.read(List.of(data));
        Path known = Files.writeString(folder.resolve("known.txt"), corpus.training());
        Path text = Files.writeString(folder.resolve("text.txt"), corpus.validation());
        String run = folder.resolve("run").toString();
        Path packed = folder.resolve("text.weftz");
        Path back = folder.resolve("back.txt");
        List<String> training = new ArrayList<>(command);
        training.addAll(List.of("--data", data.toString(), "--out", run));
        Commands.Done trained = weft.run(training, cache);
        Commands.Done pressed = weft.run(List.of("compress", run, text.toString(), packed.toString(), "--json"), cache);
        Commands.Done restored = weft.run(List.of("decompress", run, packed.toString(), back.toString()), cache);
        if (Files.mismatch(text, back) >= 0) {
            return List.of(SideResult.failed(OURS, "must restore the same bytes, got others"));
        }
        JsonNode said = new ObjectMapper().readTree(pressed.out());
        long bytes = Files.size(packed);
        long model = said.path("model_bytes").asLong();
        List<SideResult> sides = new ArrayList<>();
        sides.add(SideResult.once(OURS, pressed.millis(), OptionalLong.of(bytes)));
        sides.add(SideResult.once(TRAINING, trained.millis(), OptionalLong.empty()));
        sides.add(SideResult.once(RESTORING, restored.millis(), OptionalLong.empty()));
        sides.add(SideResult.once(WITH_F32, pressed.millis(), OptionalLong.of(bytes + model)));
        sides.add(SideResult.once(WITH_BF16, pressed.millis(), OptionalLong.of(bytes + model / 2)));
        long ideal = (long) Math.ceil(said.path("ideal_bits").asDouble() / Byte.SIZE);
        // What the file has besides the code is its header: who can read it, and checksums.
        long header = bytes - said.path("code_bytes").asLong();
        sides.add(SideResult.once(IDEAL, pressed.millis(), OptionalLong.of(ideal + header)));
        sides.addAll(new Packers(folder).beside(known, text));
        return sides;
    }
}
