package dev.weft.models.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    private static Names names(String text) {
        return Names.parse(text, "test.names");
    }

    private static Tensor counting(long... sizes) {
        TensorType type = TensorType.of(ElementType.F32, sizes);
        float[] values = new float[(int) type.shape().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(values, sizes);
    }

    private static SequencedMap<String, Tensor> tensors(Object... namesAndTensors) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTensors.length; i += 2) {
            tensors.put((String) namesAndTensors[i], (Tensor) namesAndTensors[i + 1]);
        }
        return tensors;
    }

    private static Map<String, TensorType> types(Map<String, Tensor> tensors) {
        return tensors.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().type()));
    }

    private static SequencedMap<String, Tensor> imported(
            String text, Map<String, Tensor> theirs, Map<String, TensorType> ours) {
        return names(text).importTensors(theirs, ours, Arena.ofAuto(), "model");
    }

    @Test
    void aStarStandsForOnePart() {
        var theirs = tensors("h.0.w", counting(2), "h.11.w", counting(3));
        var ours = Map.of(
                "blocks.0.weight",
                TensorType.of(ElementType.F32, 2),
                "blocks.11.weight",
                TensorType.of(ElementType.F32, 3));
        assertThat(imported("tensor h.*.w = blocks.*.weight", theirs, ours)).containsOnlyKeys(ours.keySet());
    }

    @Test
    void aTransposedTensorIsTurned() {
        var ours = Map.of("w", TensorType.of(ElementType.F32, 3, 2));
        var result = imported("tensor a = w transposed", tensors("a", counting(2, 3)), ours);
        assertThat(result.get("w").toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
    }

    @Test
    void joinedTensorsLieSideBySide() {
        var theirs = tensors("q", counting(2, 1), "k", counting(2, 1));
        var ours = Map.of("qk", TensorType.of(ElementType.F32, 2, 2));
        assertThat(imported("tensor join 1 q, k = qk", theirs, ours).get("qk").toFloats())
                .containsExactly(0, 0, 1, 1);
        assertThatThrownBy(() -> imported("tensor join 0 q, k = qk", theirs, ours))
                .hasMessageContaining("q, k must give qk");
    }

    @Test
    void oneOfTheirsMayBeSeveralOfOurs() {
        var ours = Map.of("q", TensorType.of(ElementType.F32, 2), "k", TensorType.of(ElementType.F32, 1));
        var result = imported("tensor qk = join 0 q, k", tensors("qk", counting(3)), ours);
        assertThat(result.get("q").toFloats()).containsExactly(0, 1);
        assertThat(result.get("k").toFloats()).containsExactly(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tensor a.*.x = b.*.y",
                "tensor a.*.x = b.*.y transposed",
                "tensor join 0 a.*.x, a.*.z = b.*.y",
                "tensor join 1 a.*.x, a.*.z = b.*.y transposed",
                "tensor a.*.x transposed = join 1 b.*.y, b.*.z",
            })
    void exportingWhatWasImportedGivesItBack(String line) {
        Names names = names(line);
        SequencedMap<String, Tensor> ours = tensors("b.0.y", counting(4, 6));
        if (line.contains("b.*.z")) {
            ours.put("b.0.z", counting(4, 3));
        }
        SequencedMap<String, Tensor> theirs = names.exportTensors(ours, Arena.ofAuto());
        SequencedMap<String, Tensor> back = names.importTensors(theirs, types(ours), Arena.ofAuto(), "model");
        SequencedMap<String, Tensor> again = names.exportTensors(back, Arena.ofAuto());
        ours.forEach((name, tensor) -> assertThat(back.get(name).toFloats()).isEqualTo(tensor.toFloats()));
        theirs.forEach((name, tensor) -> {
            assertThat(again.get(name).type()).isEqualTo(tensor.type());
            assertThat(again.get(name).toFloats()).isEqualTo(tensor.toFloats());
        });
    }

    @Test
    void halfPrecisionBecomesF32WhereThatIsWanted() {
        MemorySegment bits = MemorySegment.ofArray(new short[] {(short) 0x3fc0, (short) 0xc000});
        Tensor bf16 = new Tensor(TensorType.of(ElementType.BF16, 2), bits);
        var ours = Map.of("w", TensorType.of(ElementType.F32, 2));
        assertThat(imported("tensor a = w", tensors("a", bf16), ours).get("w").toFloats())
                .containsExactly(1.5f, -2);
    }

    @Test
    void everyUnmatchedTensorOfBothSidesIsNamed() {
        var theirs =
                tensors("h.0.w", counting(2), "h.0.extra", counting(1), "h.1.w", counting(2), "h.2.w", counting(5));
        var ours = Map.of(
                "b.0.w", TensorType.of(ElementType.F32, 2),
                "b.2.w", TensorType.of(ElementType.F32, 2),
                "b.3.w", TensorType.of(ElementType.F32, 2),
                "norm", TensorType.of(ElementType.F32, 2));
        assertThatThrownBy(() -> imported("tensor h.*.w = b.*.w", theirs, ours))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("model: does not fit the program as test.names names its tensors")
                .hasMessageContaining("h.0.extra has no name in the program")
                .hasMessageContaining("h.1.w would be b.1.w, which the program does not have")
                .hasMessageContaining("h.2.w must give b.2.w [f32[2]], got [f32[5]]")
                .hasMessageContaining("h.3.w is missing, from which the program's b.3.w is made")
                .hasMessageContaining("the program's norm has no foreign name");
    }

    @Test
    void aPrefixMayBeThereOrNot() {
        String text = "prefix transformer.\ntensor w = weight";
        var ours = Map.of("weight", TensorType.of(ElementType.F32, 2));
        assertThat(imported(text, tensors("transformer.w", counting(2)), ours)).containsKey("weight");
        assertThat(imported(text, tensors("w", counting(2)), ours)).containsKey("weight");
    }

    @Test
    void aCopyMustBeOne() {
        String text = "tensor w = weight\ncopy head of w\nignore mask";
        var ours = Map.of("weight", TensorType.of(ElementType.F32, 2));
        var theirs = tensors("w", counting(2), "head", counting(2), "mask", counting(1));
        assertThat(imported(text, theirs, ours)).containsOnlyKeys("weight");
        theirs.put("head", Tensor.of(new float[] {7, 7}, 2));
        assertThatThrownBy(() -> imported(text, theirs, ours)).hasMessageContaining("head must equal w");
    }

    @Test
    void constantsAreReadAndWritten() {
        Names names = names(
                "config n_layer = layers\nconfig n_ctx = context\nconfig n_pos = context\nconfig act is \"gelu\"");
        assertThat(names.constants(Map.of("n_layer", 4, "n_pos", 8, "other", "x"), "config.json"))
                .containsExactly(Map.entry("layers", 4), Map.entry("context", 8));
        assertThat(names.config(Map.of("layers", 4, "context", 8), OptionalInt.empty()))
                .containsExactly(
                        Map.entry("n_layer", 4),
                        Map.entry("n_ctx", 8),
                        Map.entry("n_pos", 8),
                        Map.entry("act", "gelu"));
    }

    @Test
    void whatNoKeySaysMayHaveAValueAllTheSame() {
        Names names = names("""
                config n_head = heads
                config n_kv   = shared or heads
                config tied   = tied or false
                config old    = base or 10000.0
                config rope.theta = base or 10000.0
                """);
        assertThat(names.constants(Map.of("n_head", 4), "config.json"))
                .containsOnly(
                        Map.entry("heads", 4),
                        Map.entry("shared", 4),
                        Map.entry("tied", false),
                        Map.entry("base", 10000.0));
        assertThat(names.constants(
                        Map.of("n_head", 4, "n_kv", 2, "tied", true, "rope", Map.of("theta", 5e5)), "config.json"))
                .containsOnly(
                        Map.entry("heads", 4), Map.entry("shared", 2), Map.entry("tied", true), Map.entry("base", 5e5));
        refused(
                () -> names.constants(Map.of("n_head", 4, "old", 1e4, "rope", Map.of("theta", 5e5)), "config.json"),
                "rope.theta must be 10000.0 like the other key that gives base, got 500000.0");
    }

    @Test
    void whatFollowsFromConstantsMustFollow() {
        Names names = names("config width = width\nconfig heads = heads\nconfig head_dim = width / heads");
        Map<String, Integer> constants = Map.of("width", 12, "heads", 4);
        assertThat(names.constants(constants, "config.json")).containsOnlyKeys("width", "heads");
        assertThat(names.config(constants, OptionalInt.empty())).containsEntry("head_dim", 3L);
        refused(
                () -> names.constants(Map.of("width", 12, "heads", 4, "head_dim", 4), "config.json"),
                "config.json: head_dim must be 3, width divided by heads, for this program, got 4 (test.names:3)");
    }

    @Test
    void oneOfSeveralValuesMustHoldAndTheFirstIsWritten() {
        Names names = names("config rope.type is \"default\" or null\nconfig eos is end_of_text");
        assertThat(names.constants(Map.of("eos", 7), "config.json")).isEmpty();
        assertThat(names.constants(Map.of("rope", Map.of("type", "default")), "config.json"))
                .isEmpty();
        refused(
                () -> names.constants(Map.of("rope", Map.of("type", "linear")), "config.json"),
                "rope.type must be default or null for this program, got linear");
        assertThat(names.config(Map.of(), OptionalInt.of(5)))
                .containsEntry("rope", Map.of("type", "default"))
                .containsEntry("eos", 5);
        assertThat(names.config(Map.of(), OptionalInt.empty())).containsEntry("eos", null);
    }

    @Test
    void anObjectIsWrittenWholeOrNotAtAll() {
        Names names = names("""
                config scaling.type is "far"
                config scaling.factor = stretch or 1.0
                config scaling.low = low or 2.0
                read config parameters.factor = stretch or 1.0
                """);
        assertThat(names.constants(Map.of("parameters", Map.of("factor", 8)), "config.json"))
                .containsOnly(Map.entry("stretch", 8), Map.entry("low", 2.0));
        assertThat(names.config(Map.of("stretch", 1, "low", 2.0), OptionalInt.empty()))
                .isEmpty();
        assertThat(names.config(Map.of("stretch", 8.0, "low", 2.0), OptionalInt.empty()))
                .containsExactly(Map.entry("scaling", Map.of("type", "far", "factor", 8.0, "low", 2.0)));
        refused(
                () -> names.constants(Map.of("scaling", Map.of("type", "linear", "factor", 2)), "config.json"),
                "scaling.type must be far for this program, got linear");
    }

    @Test
    void whatIsChosenDecidesWhichLinesCount() {
        Names names = names("""
                config shape.kind = kind among "plain", "round", "long"
                config shape.radius = size if kind is "round"
                optional config shape.length = size or 4 if kind is "long"
                read config form as shape
                """);
        assertThat(names.constants(Map.of("shape", Map.of("radius", 7)), "config.json"))
                .containsOnly(Map.entry("kind", 0));
        assertThat(names.constants(Map.of("shape", Map.of("kind", "round", "radius", 7)), "config.json"))
                .containsOnly(Map.entry("kind", 1), Map.entry("size", 7));
        assertThat(names.constants(Map.of("form", Map.of("kind", "long")), "config.json"))
                .containsOnly(Map.entry("kind", 2), Map.entry("size", 4));
        assertThat(names.config(Map.of("kind", 0, "size", 7), OptionalInt.empty()))
                .isEmpty();
        assertThat(names.config(Map.of("kind", 1, "size", 7), OptionalInt.empty()))
                .containsExactly(Map.entry("shape", Map.of("kind", "round", "radius", 7)));
        assertThat(names.config(Map.of("kind", 2, "size", 4), OptionalInt.empty()))
                .containsExactly(Map.entry("shape", Map.of("kind", "long")));
        refused(
                () -> names.constants(Map.of("form", Map.of("kind", "square")), "config.json"),
                "form.kind must be plain or round or long for this program, got square (test.names:1)");
        refused(
                () -> names.constants(Map.of("shape", Map.of("kind", "round")), "config.json"),
                "config.json: must say shape.radius or form.radius, which gives the program's constant size");
        refused(() -> names.config(Map.of("kind", 3), OptionalInt.empty()), "kind must be from 0 to 2, got 3");
    }

    @Test
    void whatTheProgramHasItselfIsNoCopy() {
        String text = "tensor w = weight\ntensor head = head transposed\ncopy head of w";
        var theirs = tensors("w", counting(2, 2), "head", Tensor.of(new float[] {7, 7, 7, 7}, 2, 2));
        var tied = Map.of("weight", TensorType.of(ElementType.F32, 2, 2));
        var separate = new LinkedHashMap<>(tied);
        separate.put("head", TensorType.of(ElementType.F32, 2, 2));
        assertThat(imported(text, theirs, separate)).containsOnlyKeys("weight", "head");
        assertThatThrownBy(() -> imported(text, theirs, tied)).hasMessageContaining("head must equal w");
        theirs.remove("head");
        assertThat(imported(text, theirs, tied)).containsOnlyKeys("weight");
        assertThatThrownBy(() -> imported(text, theirs, separate)).hasMessageContaining("head is missing");
    }

    @Test
    void aPlanSaysWhatIsIgnoredAndWhatIsACopyAndKeepsNarrowElements() {
        MemorySegment bits = MemorySegment.ofArray(new short[] {(short) 0x3fc0, (short) 0xc000});
        Tensor bf16 = new Tensor(TensorType.of(ElementType.BF16, 2), bits);
        var theirs = tensors("w", bf16, "head", bf16, "mask", counting(1));
        ImportPlan plan = names("tensor w = weight\ncopy head of w\nignore mask")
                .planImport(theirs, Map.of("weight", TensorType.of(ElementType.F32, 2)), "model");
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.copies()).containsExactly("head");
        assertThat(plan.ignored()).containsExactly("mask");
        assertThat(plan.conversions()).hasSize(1);
        assertThat(plan.conversions().getFirst().types())
                .containsOnly(Map.entry("weight", TensorType.of(ElementType.BF16, 2)));
    }

    @Test
    void aConfigurationThatDoesNotFitIsRefused() {
        Names names = names("config n_layer = layers\nconfig depth = layers\nconfig act is \"gelu\"");
        refused(() -> names.constants(Map.of(), "config.json"), "config.json: must say n_layer or depth");
        refused(() -> names.constants(Map.of("n_layer", "4"), "config.json"), "n_layer must be a number");
        refused(() -> names.constants(Map.of("n_layer", 4, "depth", 5), "config.json"), "depth must be 4");
        refused(() -> names.constants(Map.of("n_layer", 4, "act", "relu"), "config.json"), "act must be gelu");
        refused(() -> names.config(Map.of(), OptionalInt.empty()), "the program has no constant layers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tenser a = b | must begin with config",
                "tensor a | expected \"=\" once",
                "tensor a = b = c | expected \"=\" once",
                "tensor a b = c | expected one name",
                "tensor a.* = b | equally many *",
                "tensor join x a, b = c | must name its axis",
                "tensor join 0 a, b = join 0 c, d | only one side",
                "copy a.* of b | equally many *",
                "config a is {oops | must hold a JSON object",
                "config a = b or 'x' | must hold a JSON object",
                "config a = b or \"x\" | after or stands",
                "config a = b / c / d | once",
                "config a = b or 2 if c | expected \"is\" once",
                "config a = b among 1, null | null cannot be one of several",
                "optional config a = b | after optional stands",
                "read tensor a = b | after read stands",
                "prefix | expected one name",
            })
    void aLineThatCannotBeUnderstoodIsNamed(String line, String why) {
        refused(() -> names("# comment\n\n" + line), why);
        refused(() -> names("# comment\n\n" + line), "test.names:3");
    }

    private static void refused(Runnable action, String why) {
        assertThatThrownBy(action::run).isInstanceOf(UserException.class).hasMessageContaining(why);
    }
}
