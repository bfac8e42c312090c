package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.CodeStore;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that was compiled is loaded the next time, and is the same. */
class ProgramCacheTest {
    private static final String TEXT = """
            import nn

            model Scores(width = %d) {
                first: nn.Linear(width, 8)
                fn scores(x: f32[B, width]) -> f32[B, 8] = tanh(first(x))
            }
            """;
    private static final List<EntryRequest> SCORES = List.of(EntryRequest.of("scores", Map.of("B", 3L)));

    @TempDir
    private Path folder;

    private CodeStore store() {
        return CodeStore.in(folder, 1 << 24);
    }

    private Weft weft() {
        return Weft.open(WeftOptions.defaults().backend("cpu")).withCache(store());
    }

    private static Program program(int width) {
        return Program.of("scores", TEXT.formatted(width));
    }

    private static byte[] bytes(Model model) {
        model.initialize(7);
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 3, 4);
        Tensor y = model.run("scores", Map.of("x", x)).firstEntry().getValue();
        return y.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    @Test
    void theSecondTimeItIsLoadedAndComputesTheSame() {
        try (Weft weft = weft();
                Model compiled = weft.compile(program(4), SCORES);
                Model loaded = weft.compile(program(4), SCORES)) {
            assertThat(compiled.steps().isFromCache()).isFalse();
            assertThat(loaded.steps().isFromCache()).isTrue();
            assertThat(bytes(loaded)).isEqualTo(bytes(compiled));
            assertThat(loaded.stored()).containsExactlyElementsOf(compiled.stored());
            assertThat(loaded.inputTypes("scores")).isEqualTo(compiled.inputTypes("scores"));
            assertThat(loaded.steps().lowered()).isEqualTo(compiled.steps().lowered());
            // Its graph is there for those who ask.
            assertThat(loaded.compilation().compiled().functions())
                    .hasSameSizeAs(compiled.compilation().compiled().functions());
        }
    }

    @Test
    void whatIsAnotherProgramIsCompiledAndExplained() {
        try (Weft weft = weft()) {
            assertThat(ProgramCache.explain(store())).containsExactly("no program has been compiled with this cache");
            weft.compile(program(4), SCORES).close();
            assertThat(ProgramCache.explain(store())).hasSize(2);

            try (Model other = weft.compile(program(4), List.of(EntryRequest.of("scores", Map.of("B", 5L))))) {
                assertThat(other.steps().isFromCache()).isFalse();
            }
            assertThat(ProgramCache.explain(store()))
                    .hasSize(3)
                    .last()
                    .asString()
                    .contains("entries: was scores as scores {B=3}", "is scores as scores {B=5}");

            try (Model other = weft.compile(program(6), SCORES)) {
                assertThat(other.steps().isFromCache()).isFalse();
            }
            assertThat(ProgramCache.explain(store())).last().asString().contains("source scores.weft: was ");

            weft.compile(program(6), SCORES).close();
            assertThat(ProgramCache.explain(store())).first().asString().contains("was found in the cache");
        }
    }

    @Test
    void aDamagedExecutableIsMadeAgain() {
        try (Weft weft = weft()) {
            weft.compile(program(4), SCORES).close();
            String key = store().items().stream()
                    .filter(item -> item.kind().equals("program"))
                    .findFirst()
                    .orElseThrow()
                    .key();
            store().write("program", key, new byte[40]);

            try (Model again = weft.compile(program(4), SCORES)) {
                assertThat(again.steps().isFromCache()).isFalse();
                assertThat(bytes(again)).isNotEmpty();
            }
        }
    }

    @Test
    void withoutACacheNothingIsKept() {
        try (Weft weft = weft().withCache(CodeStore.none());
                Model one = weft.compile(program(4), SCORES);
                Model two = weft.compile(program(4), SCORES)) {
            assertThat(two.steps().isFromCache()).isFalse();
            assertThat(bytes(two)).isEqualTo(bytes(one));
            assertThat(store().items()).isEmpty();
        }
    }

    @Test
    void theShippedProgramsCanBeKept() {
        try (Weft weft = weft()) {
            Program gpt = Program.load("gpt")
                    .with(Map.of("layers", "1", "width", "32", "heads", "2", "context", "16", "vocab", "50"))
                    .optimizer("adamw", Map.of());
            List<EntryRequest> step =
                    List.of(EntryRequest.of("step", Map.of("B", 2L, "T", 16L)), EntryRequest.of("rate", Map.of()));
            weft.compile(gpt, step).close();
            try (Model loaded = weft.compile(gpt, step)) {
                assertThat(loaded.steps().isFromCache()).isTrue();
            }
        } catch (UserException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
