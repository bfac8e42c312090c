package dev.weft.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Source;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescriptionTest {

    private static final String TEXT = """
            fn double(x: f32[...]) -> f32[...] = 2 * x
            model Part(n) { param w: f32[n] = 0 }
            model Whole(n = 4, deep: bool = true) where n % 2 == 0 {
                param w: f32[n, 2 * n] = normal(0.02)
                state cache K, V: f32[B, n]
                part: Part(n)
                fn loss(x, y: f32[B, n], drop: f32[] = 0) -> (f32[], f32[]) where B > 0 { (sum(x * y), 1.0) }
                fn (x: f32[B, n]) = x
            }
            """;

    private final Description description = Description.of(module());

    private static Module module() {
        Module module = Sources.load(new Source("folder/whole.weft", TEXT), name -> Optional.empty())
                .module();
        assertThat(module).isNotNull();
        return module;
    }

    @Test
    void tellsConstantsAndWhatMustHoldOfThem() {
        Description.Definition whole = description.last(DefinitionKind.MODEL).orElseThrow();

        assertThat(description.file()).isEqualTo("whole");
        assertThat(whole.name()).isEqualTo("Whole");
        assertThat(whole.constants())
                .containsExactly(
                        new Description.Constant("n", "int", "4"), new Description.Constant("deep", "bool", "true"));
        assertThat(whole.where()).containsExactly("n % 2 == 0");
        assertThat(description.last(DefinitionKind.OPTIMIZER)).isEmpty();
    }

    @Test
    void tellsFunctionsWithTheTypesAsWritten() {
        Description.Definition whole = description.last(DefinitionKind.MODEL).orElseThrow();

        assertThat(whole.function("loss").orElseThrow())
                .hasToString("loss(x: f32[B, n], y: f32[B, n], drop: f32[] = 0) -> (f32[], f32[])");
        assertThat(whole.function("fn").orElseThrow()).hasToString("fn(x: f32[B, n])");
        assertThat(description.functions())
                .extracting(Description.Function::name)
                .containsExactly("double");
    }

    @Test
    void tellsWhatIsStored() {
        assertThat(description.last(DefinitionKind.MODEL).orElseThrow().storage())
                .containsExactly(
                        new Description.Storage("param", "w", "f32[n, 2 * n]"),
                        new Description.Storage("state cache", "K", "f32[B, n]"),
                        new Description.Storage("state cache", "V", "f32[B, n]"));
    }
}
