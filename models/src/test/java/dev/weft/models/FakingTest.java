package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Source;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.RegionText;
import dev.weft.graph.schedule.Schedule;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a compiler that only pretends would not pass: nothing may hang on a name, and everything on what the programs say. */
class FakingTest {

    private static final Set<String> RESERVED = reserved();

    private static Set<String> reserved() {
        Set<String> words = new HashSet<>(List.of(
                ("import as let model optimizer program where param buffer state cache fn entry like arguments for in if else not and"
                                + " or true false inf pi grad value_and_grad wrt frozen int float bool f32 i32 bf16 f16 f64 i64 i8 u8"
                                + " axis value before after")
                        .split(" ")));
        Arrays.stream(Builtin.values()).map(Builtin::text).forEach(words::add);
        return words;
    }

    private static String renamed(String name) {
        return RESERVED.contains(name) ? name : name + "_z";
    }

    /** Every identifier of a source with another name; comments, numbers and the transpose {@code .T} stay. */
    private static String renameAll(String text) {
        Matcher token = Pattern.compile("//[^\n]*|[0-9][0-9A-Za-z_.+-]*|\\.T\\b|[A-Za-z_][A-Za-z0-9_]*")
                .matcher(text);
        return token.replaceAll(found -> {
            String word = found.group();
            boolean isName = Character.isLetter(word.charAt(0)) || (word.startsWith("_") && word.length() > 1);
            return Matcher.quoteReplacement(isName ? renamed(word) : word);
        });
    }

    private static Module load(String name, UnaryOperator<String> naming, UnaryOperator<String> rewriting) {
        SourceResolver resolver = wanted -> ShippedPrograms.names().stream()
                .filter(shipped -> naming.apply(shipped).equals(wanted))
                .findFirst()
                .flatMap(ShippedPrograms::shipped)
                .map(source -> new Source(wanted + ".weft", rewriting.apply(source.text())));
        Source source = resolver.resolve(naming.apply(name)).orElseThrow();
        Sources.Result result = Sources.load(source, resolver);
        assertThat(result.diagnostics()).isEmpty();
        return Objects.requireNonNull(result.module());
    }

    /** The kernels of the training step. */
    private static Set<String> kernels(
            String model, Map<String, String> constants, Map<String, Long> sizes, boolean rename) {
        UnaryOperator<String> naming = rename ? FakingTest::renamed : UnaryOperator.identity();
        UnaryOperator<String> rewriting = rename ? FakingTest::renameAll : UnaryOperator.identity();
        Map<String, String> chosen = new HashMap<>();
        constants.forEach((name, value) -> chosen.put(naming.apply(name), value));
        Map<String, Long> bound = new HashMap<>();
        sizes.forEach((name, value) -> bound.put(naming.apply(name), value));
        var lowered = Lowering.lower(new LowerRequest(
                Choice.last(load(model, naming, rewriting), DefinitionKind.MODEL, chosen),
                Choice.last(load("adamw", naming, rewriting), DefinitionKind.OPTIMIZER, Map.of()),
                List.of(Choice.last(load("train", naming, rewriting), DefinitionKind.PROGRAM, Map.of())),
                List.of(EntryRequest.of(naming.apply("step"), bound))));
        return hashes(Weft.PASSES.run(lowered));
    }

    private static Set<String> hashes(dev.weft.graph.Program compiled) {
        Set<String> kernels = new TreeSet<>();
        for (var entry : compiled.entries()) {
            Schedule.of(compiled.body(entry), FusionModel.STANDARD)
                    .regions()
                    .forEach(region -> kernels.add(RegionText.of(region).hash()));
        }
        return kernels;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void otherNamesMakeTheSameKernels(String model) {
        Map<String, String> constants =
                Map.of("layers", "2", "width", "16", "heads", "4", "context", "8", "vocab", "11");
        Map<String, Long> sizes = Map.of("B", 2L, "T", 8L);

        Set<String> kernels = kernels(model, constants, sizes, false);

        assertThat(kernels).hasSizeGreaterThan(20).isEqualTo(kernels(model, constants, sizes, true));
    }

    /** The kernels of GPT-2's training step where `nn.weft` is another text. */
    private static Set<String> kernelsWith(UnaryOperator<String> rewriting) {
        Map<String, String> constants =
                Map.of("layers", "2", "width", "16", "heads", "4", "context", "8", "vocab", "11");
        UnaryOperator<String> naming = UnaryOperator.identity();
        var lowered = Lowering.lower(new LowerRequest(
                Choice.last(load("gpt", naming, rewriting), DefinitionKind.MODEL, constants),
                Choice.last(load("adamw", naming, rewriting), DefinitionKind.OPTIMIZER, Map.of()),
                List.of(Choice.last(load("train", naming, rewriting), DefinitionKind.PROGRAM, Map.of())),
                List.of(EntryRequest.of("step", Map.of("B", 2L, "T", 8L)))));
        return hashes(Weft.PASSES.run(lowered));
    }

    @Test
    void operandsTheOtherWayRoundMakeAsManyKernels() {
        String swapped = "x \\* sigmoid\\(x\\)";
        assertThat(kernelsWith(text -> text.replace("x @ weight + bias", "bias + x @ weight")
                        .replace("0.5 * x * (1 + tanh(", "x * 0.5 * (tanh(")
                        .replace("x + 0.044715 * x * x * x)))", "0.044715 * x * x * x + x)) + 1)")
                        .replaceAll(swapped, "sigmoid(x) * x")))
                .hasSameSizeAs(kernelsWith(UnaryOperator.identity()));
    }

    @Test
    void normsAndActivationsWrittenOtherwiseMakeAsManyKernels() {
        int wanted = kernelsWith(UnaryOperator.identity()).size();

        int written = kernelsWith(text -> {
                    String gelu = "0.5 * x * (1 + tanh((2 / pi) ** 0.5 * (x + 0.044715 * x * x * x)))";
                    String norm = "centred / sqrt(mean(centred * centred, -1)[..., _] + eps) * weight + bias";
                    return text.replace(gelu, "x * (0.5 + 0.5 * tanh(0.7978845608 * x * (1 + 0.044715 * x ** 2)))")
                            .replace(
                                    norm,
                                    "centred * (1 / sqrt(sum(centred ** 2, -1) / width + eps))[..., _] * weight + bias")
                            .replace("centred = x - mean(x, -1)[..., _]", "centred = x - (sum(x, -1) / width)[..., _]");
                })
                .size();

        assertThat(written).isBetween(wanted - 2, wanted + 2);
    }

    @Test
    void aFlippedSignInTheOptimizerChangesTheLoss(@TempDir Path folder) throws IOException {
        String adamw = ShippedPrograms.resource("adamw.weft").orElseThrow();
        String flipped = adamw.replace("w := w - lr * (m", "w := w + lr * (m");
        assertThat(flipped).isNotEqualTo(adamw);
        Path copy = Files.writeString(folder.resolve("climb.weft"), flipped);

        double down = lossAfterSomeSteps("adamw");
        double up = lossAfterSomeSteps(copy.toString());

        assertThat(down).isLessThan(Math.log(7) - 0.1);
        assertThat(up).isGreaterThan(Math.log(7) + 0.1);
    }

    private static double lossAfterSomeSteps(String optimizer) {
        Program program = Program.load("gpt")
                .with(Map.of("layers", "1", "heads", "1", "width", "8", "context", "8", "vocab", "7"))
                .optimizer(optimizer, Map.of());
        int[] tokens = IntStream.range(0, 100).map(i -> i * i % 7).toArray();
        Map<String, Long> sizes = Map.of("B", 2L, "T", 8L);
        try (Weft weft = Weft.open("reference", 1);
                Model model = weft.compile(program.lower(List.of(
                        EntryRequest.of("step", sizes),
                        EntryRequest.of("evaluate", sizes),
                        EntryRequest.of("rate", Map.of()))))) {
            model.initialize(1);
            Batches batches = Batches.of(new TrainingWindows(tokens, 8, 2, 1), new ValidationWindows(tokens, 8, 2));
            Trainer trainer = new Trainer(model, batches, new Trainer.Options(12, 1, 2e-2, 1e-2, 0, 10, 1, Map.of()));
            while (!trainer.isFinished()) {
                trainer.step();
            }
            return trainer.evaluate();
        }
    }
}
