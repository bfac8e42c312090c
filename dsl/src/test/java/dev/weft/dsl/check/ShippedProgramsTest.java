package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Module;
import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.diagnostic.Rendering;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        Map<String, Checker.Bound> bound = new HashMap<>();
        bound.put("model", bound(model, DefinitionKind.MODEL, Map.of()));
        if (optimizer != null) {
            bound.put("optimizer", bound(optimizer, DefinitionKind.OPTIMIZER, Map.of("model", "model")));
        }
        Module module = load(program);
        Declaration.Definition definition =
                module.file().last(DefinitionKind.PROGRAM).orElseThrow();
        assertThat(Rendering.text(Checker.check(definition, module, bound))).isEmpty();
    }

    private static Checker.Bound bound(String name, DefinitionKind kind, Map<String, String> parameters) {
        Module module = load(name);
        return new Checker.Bound(module.file().last(kind).orElseThrow(), module, parameters);
    }

    private static Module load(String name) {
        Sources.Result result = Sources.load(Shipped.source(name), new Shipped());
        assertThat(Rendering.text(result.diagnostics())).isEmpty();
        return Objects.requireNonNull(result.module());
    }
}
