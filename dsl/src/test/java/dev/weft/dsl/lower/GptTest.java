package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Random;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GptTest {

    private static final Map<String, String> CONSTANTS =
            Map.of("layers", "2", "heads", "2", "width", "8", "context", "12", "vocab", "17");
    private static final Choice TINY = Shipped.model("gpt", CONSTANTS);

    @Test
    void theLossOfRandomWeightsIsThatOfGuessing() {
        Program program = Shipped.function(TINY, EntryRequest.of("loss", Map.of("B", 2L, "T", 5L)));
        Map<String, Tensor> inputs = Shipped.inputs(program, "loss", 17, 1);
        inputs.get("weight").fill(1);

        Map<String, Tensor> outputs =
                new Interpreter(program, Interpreter.Mode.TYPED).run("loss", Shipped.initial(program, 7), inputs);

        assertThat(outputs.get("result.1").get(0)).isEqualTo(10);
        assertThat(outputs.get("result.0").get(0) / 10).isCloseTo(Math.log(17), within(0.05));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void chunksThroughTheCacheGiveTheLogitsOfTheWholeWindow(String name) {
        Choice model = Shipped.model(name, CONSTANTS);
        List<Integer> chunks = List.of(3, 1, 1, 4, 2);
        List<EntryRequest> entries = new ArrayList<>();
        entries.add(EntryRequest.of("window", Map.of("B", 2L, "T", 11L)));
        for (int size : Set.copyOf(chunks)) {
            entries.add(
                    EntryRequest.of("chunk", Map.of("B", 2L, "T", (long) size)).as("chunk" + size));
        }
        Program program = Lowering.lower(new LowerRequest(model, null, List.of(Shipped.program("generate")), entries));
        Map<String, Tensor> stored = Shipped.initial(program, 7);
        Tensor tokens = Shipped.inputs(program, "window", 17, 2).get("tokens");
        Tensor whole =
                Shipped.run(program, "window", stored, Map.of("tokens", tokens)).get("result");
        int at = 0;
        for (int size : chunks) {
            Tensor part = Tensor.zeros(TensorType.of(ElementType.I32, 2, size));
            for (int i = 0; i < size; i++) {
                part.set(i, tokens.get(at + i));
                part.set(size + i, tokens.get(11 + at + i));
            }
            Tensor logits = Shipped.run(program, "chunk" + size, stored, Map.of("tokens", part, "at", Shipped.i32(at)))
                    .get("result");
            for (int row = 0; row < 2; row++) {
                for (int i = 0; i < size * 17; i++) {
                    assertThat(logits.get(row * size * 17 + i))
                            .isCloseTo(whole.get((row * 11 + at) * 17 + i), within(1e-5));
                }
            }
            at += size;
        }
    }

    @Test
    void cachesOfTwoSizesAreRefused() {
        assertThatThrownBy(() -> Lowering.lower(new LowerRequest(
                        TINY,
                        null,
                        List.of(Shipped.program("generate")),
                        List.of(
                                EntryRequest.of("chunk", Map.of("B", 1L, "T", 4L)),
                                EntryRequest.of("chunk", Map.of("B", 2L, "T", 4L))
                                        .as("other")))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("state cache blocks.0.attn.K: must have one type in all entries, got f32[2:B,")
                .hasMessageContaining("f32[1:B,");
    }

    @Test
    void equalLayersShareFunctionsButNotDropout() {
        Program program = Shipped.function(
                TINY, EntryRequest.of("loss", Map.of("B", 2L, "T", 5L)).inputs(Set.of("drop")));
        assertThat(program.functions().stream().map(Graph::name).filter(name -> name.startsWith("Block")))
                .containsExactly("Block");

        Graph flat = new Inline().apply(program).function("loss");

        List<String> streams = flat.values().stream()
                .filter(value -> value.op() instanceof Random)
                .map(value -> ((Random) value.op()).stream())
                .toList();
        assertThat(streams).hasSize(7).doesNotHaveDuplicates().contains("logits/blocks.1/attn/dropout#2/random");
    }

    @Test
    void theSameStepTwiceIsTheSameAndAnotherStepIsNot() {
        Program program = Shipped.function(
                TINY, EntryRequest.of("loss", Map.of("B", 2L, "T", 5L)).inputs(Set.of("drop")));
        Map<String, Tensor> stored = Shipped.initial(program, 7);
        Map<String, Tensor> inputs = Shipped.inputs(program, "loss", 17, 1);
        inputs.put("drop", Shipped.f32(0.3));
        inputs.put("step", Shipped.i32(5));
        double once =
                Shipped.run(program, "loss", stored, inputs).get("result.0").get(0);
        double again =
                Shipped.run(program, "loss", stored, inputs).get("result.0").get(0);
        inputs.put("step", Shipped.i32(6));
        double later =
                Shipped.run(program, "loss", stored, inputs).get("result.0").get(0);

        assertThat(again).isEqualTo(once);
        assertThat(later).isNotEqualTo(once);
    }

    @Test
    void aRateKnownToBeZeroLeavesNothingBehind() {
        Program program = Shipped.function(TINY, EntryRequest.of("loss", Map.of("B", 2L, "T", 5L)));

        assertThat(program.entry("loss").inputs()).containsExactly("tokens", "targets", "weight");
        assertThat(program.functions()).noneMatch(function -> function.name().startsWith("dropout"));
    }

    @Test
    void aHundredLayersNeedNoDeepStack() throws InterruptedException {
        List<Program> lowered = new ArrayList<>();
        Thread thread = new Thread(
                null,
                () -> lowered.add(Shipped.function(
                        Shipped.model("gpt", Map.of("layers", "100", "heads", "1", "width", "2", "vocab", "3")),
                        EntryRequest.of("loss", Map.of("B", 1L, "T", 2L)))),
                "small stack",
                512 * 1024);
        thread.start();
        thread.join();

        assertThat(lowered).hasSize(1);
        assertThat(lowered.getFirst().stored()).hasSize(100 * 12 + 4);
    }
}
