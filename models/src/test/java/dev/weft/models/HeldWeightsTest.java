package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.weights.HeldMatrix;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.type.ElementType;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights in fewer bits, on programs that Weft ships and on one that it has never seen. */
class HeldWeightsTest {

    private static final Map<String, String> LLAMA =
            Map.of("layers", "2", "width", "96", "heads", "4", "context", "40", "vocab", "150");
    private static final int[] TEXT = {3, 141, 59, 26, 53, 58, 97, 93, 23, 84, 62, 64, 33, 83, 27, 95, 2};

    private static Weft weft;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        weft = Weft.open("cpu", 2);
    }

    @AfterAll
    static void close() {
        weft.close();
    }

    private static SequencedMap<String, Tensor> trained(Program program) {
        try (Model model = weft.compile(program, List.of())) {
            model.initialize(7);
            return model.parameters();
        }
    }

    private static float[] logits(Weft with, Program program, Map<String, Tensor> parameters, int... text) {
        try (Generator generator = Generator.open(with, program, new LinkedHashMap<>(parameters), List.of(16, 1))) {
            return generator.feed(text);
        }
    }

    private static double worst(float[] expected, float[] got) {
        double squares = 0;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += expected[i] * (double) expected[i];
            worst = Math.max(worst, Math.abs(expected[i] - got[i]));
        }
        return worst / Math.sqrt(squares / expected.length);
    }

    @Test
    void llamaComputesWithTheNumbersThatItsWeightsAreRoundedTo() {
        Program llama = Program.load("llama").with(LLAMA);
        SequencedMap<String, Tensor> parameters = trained(llama);
        for (WeightType type : List.of(WeightType.INT8, WeightType.BF16)) {
            Weft held = weft.withWeights(type);
            SequencedMap<String, Tensor> rounded;
            try (Model model = held.compile(llama, EntryRequest.of("next", Map.of("B", 1L, "T", 1L)))) {
                model.load(parameters);
                rounded = model.parameters();
                assertThat(model.held()).hasSizeGreaterThan(7);
                assertThat(model.held()).map(HeldMatrix::type).containsOnly(type);
                assertThat(model.stored().stream().filter(each -> each.role() == Stored.Role.PARAM))
                        .allMatch(each -> each.type().rank() < 2);
            }
            float[] got = logits(held, llama, parameters, TEXT);
            float[] expected = logits(weft, llama, rounded, TEXT);
            assertThat(worst(expected, got)).as("%s", type).isLessThan(2e-5);
            assertThat(worst(logits(weft, llama, parameters, TEXT), got))
                    .as("%s", type)
                    .isBetween(1e-6, 0.2);
        }
    }

    @Test
    void productsInBf16ReadThemToo() {
        Program llama = Program.load("llama").with(LLAMA);
        SequencedMap<String, Tensor> parameters = trained(llama);
        try (Weft bf16 =
                Weft.open(WeftOptions.defaults().backend("cpu").threads(2).precision(ElementType.BF16))) {
            float[] expected = logits(weft.withWeights(WeightType.INT8), llama, parameters, TEXT);
            float[] got = logits(bf16.withWeights(WeightType.INT8), llama, parameters, TEXT);
            assertThat(worst(expected, got)).isBetween(1e-6, 0.05);
        }
    }

    @Test
    void productsOfIntegersAreCloseToThose() {
        Program llama = Program.load("llama").with(LLAMA).with(Map.of("width", "128"));
        SequencedMap<String, Tensor> parameters = trained(llama);
        try (Weft integers =
                Weft.open(WeftOptions.defaults().backend("cpu").threads(2).withIntegers())) {
            Weft held = integers.withWeights(WeightType.INT8);
            assertThat(List.of(integers.products(), held.products())).containsExactly("bf16", "int8");
            assertThat(held.arithmetic()).contains("int8, weights int8");
            float[] expected = logits(weft.withWeights(WeightType.INT8), llama, parameters, TEXT);
            assertThat(worst(expected, logits(held, llama, parameters, TEXT))).isBetween(1e-3, 0.1);
        }
    }

    @Test
    void productsOfIntegersGoWithBf16() {
        WeftOptions integers = WeftOptions.defaults().withIntegers();
        assertThat(integers.precision()).isEqualTo(ElementType.BF16);
        assertThat(integers.precision(ElementType.F32).integers()).isFalse();
        assertThatThrownBy(() -> new WeftOptions(null, 1, 1, 1, List.of(), ElementType.F32, true, false, true))
                .isInstanceOf(UserException.class)
                .hasMessage("precision: beside products of integers all others are in bf16, got f32");
    }

    /** The logits after a prompt and after each of its tokens once more, and what is drawn after it. */
    private record Text(List<Float> logits, List<Integer> tokens) {}

    private static Text text(Weft with, Program program, Map<String, Tensor> parameters) {
        List<Float> logits = new ArrayList<>();
        try (Generator generator = Generator.open(with, program, new LinkedHashMap<>(parameters), List.of(16, 1))) {
            add(generator.feed(TEXT), logits);
            for (int token : TEXT) {
                add(generator.feed(token), logits);
            }
            int[] tokens = generator.generate(TEXT, 20, new Sampling(1, 0, 1, 0), 5, 0, _ -> true);
            return new Text(logits, Arrays.stream(tokens).boxed().toList());
        }
    }

    private static void add(float[] more, List<Float> all) {
        for (float each : more) {
            all.add(each);
        }
    }

    @Test
    void oneTwoAndThreeThreadsWriteTheSameText() {
        Program llama = Program.load("llama")
                .with(Map.of("layers", "2", "width", "256", "heads", "4", "context", "40", "vocab", "2000"));
        SequencedMap<String, Tensor> parameters = trained(llama);
        WeftOptions cpu = WeftOptions.defaults().backend("cpu");
        for (WeftOptions options : List.of(cpu, cpu.precision(ElementType.BF16), cpu.withIntegers())) {
            List<Text> texts = new ArrayList<>();
            for (int threads = 1; threads <= 3; threads++) {
                try (Weft each = Weft.open(options.threads(threads))) {
                    texts.add(text(each.withWeights(WeightType.INT8), llama, parameters));
                }
            }
            assertThat(texts.getFirst().tokens()).as("%s", options).hasSize(20);
            assertThat(texts).as("%s", options).containsOnly(texts.getFirst());
        }
    }

    @Test
    void aProgramOfTheUsersOwnIsHeldInTheSameWay() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.weft"), """
                model Mine(kinds = 9, inner = 65) {
                    param table: f32[kinds, inner] = normal(1)
                    param narrow: f32[inner, 7] = normal(1)
                    param shift: f32[7] = normal(1)

                    fn look(ids: i32[B]) -> f32[B, 7] {
                        x = table[ids]
                        x @ narrow + shift
                    }
                }
                """);
        Program mine = Program.load(file.toString());
        SequencedMap<String, Tensor> parameters = trained(mine);
        Map<String, Tensor> ids = Map.of("ids", Tensor.of(new int[] {8, 0, 3}, 3));
        EntryRequest look = EntryRequest.of("look", Map.of("B", 3L));
        try (Model held = weft.withWeights(WeightType.INT8).compile(mine, look);
                Model exact = weft.compile(mine, look)) {
            held.load(parameters);
            assertThat(held.held()).map(HeldMatrix::param).containsExactly("table", "narrow");
            exact.load(held.parameters());
            float[] expected = exact.run("look", ids).firstEntry().getValue().toFloats();
            float[] got = held.run("look", ids).firstEntry().getValue().toFloats();
            assertThat(worst(expected, got)).isLessThan(1e-5);
        }
    }

    @Test
    void aNumberThatIsNotFiniteIsNamed() {
        Program llama = Program.load("llama").with(LLAMA);
        SequencedMap<String, Tensor> parameters = trained(llama);
        Model model =
                weft.withWeights(WeightType.INT8).compile(llama, EntryRequest.of("next", Map.of("B", 1L, "T", 1L)));
        HeldMatrix matrix = model.held().getLast();
        float[] values = parameters.get(matrix.param()).toFloats();
        values[1] = Float.NaN;
        parameters.put(
                matrix.param(), Tensor.of(values, matrix.paramType().shape().sizes()));
        try (model) {
            assertThatThrownBy(() -> model.load(parameters))
                    .isInstanceOf(UserException.class)
                    .hasMessage(
                            "%s: element (0, 1) is NaN, and int8 holds finite numbers only; weights f32 take it as it is",
                            matrix.param());
        }
    }

    @Test
    void trainingIsRefused() {
        Program gpt = Program.load("gpt")
                .with(Map.of("layers", "1", "width", "8", "heads", "2"))
                .optimizer("adamw", Map.of());
        assertThatThrownBy(() -> weft.withWeights(WeightType.INT8)
                        .compile(gpt, EntryRequest.of("step", Map.of("B", 1L, "T", 4L))))
                .isInstanceOf(UserException.class)
                .hasMessageMatching(
                        "weights int8: must only be read, but entry step writes .*; training keeps weights in f32");
    }
}
