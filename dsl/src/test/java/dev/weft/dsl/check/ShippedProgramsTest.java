package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Binding;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Module;
import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.diagnostic.Rendering;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedProgramsTest {

    static List<String> names() {
        return Shipped.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isRight(String name) {
        assertThat(Rendering.text(Checker.check(load(name)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "train, gpt, adamw",
        "train, gpt, sgd",
        "train, llama, adamw",
        "train, mlp, sgd",
        "evaluate, gpt,",
        "evaluate, mlp,",
        "generate, gpt,",
        "generate, llama,"
    })
    void isRightTogether(String program, String model, String optimizer) {
        Choice chosen = optimizer == null ? null : Choice.last(load(optimizer), DefinitionKind.OPTIMIZER, Map.of());
        Choice generic = Choice.last(load(program), DefinitionKind.PROGRAM, Map.of());
        List<EntryRequest> entries = generic.definition().entries().stream()
                .map(entry -> EntryRequest.of(entry.label(), Map.of()))
                .toList();
        LowerRequest request = new LowerRequest(
                Choice.last(load(model), DefinitionKind.MODEL, Map.of()), chosen, List.of(generic), entries);
        assertThat(Rendering.text(Binding.check(request))).isEmpty();
    }

    @Test
    void aModelThatHasNotWhatIsAskedIsRefused() {
        LowerRequest request = new LowerRequest(
                Choice.last(load("mlp"), DefinitionKind.MODEL, Map.of()),
                null,
                List.of(Choice.last(load("generate"), DefinitionKind.PROGRAM, Map.of())),
                List.of(EntryRequest.of("window", Map.of())));
        assertThat(Rendering.text(Binding.check(request))).contains("an instance of MLP: has no member logits");
    }

    private static Module load(String name) {
        Sources.Result result = Sources.load(Shipped.source(name), new Shipped());
        assertThat(Rendering.text(result.diagnostics())).isEmpty();
        return Objects.requireNonNull(result.module());
    }
}
