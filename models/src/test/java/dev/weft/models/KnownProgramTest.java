package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.spi.CodeStore;
import dev.weft.dsl.EntryRequest;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that was loaded and compiled before is not even parsed; whatever its code depends on has it read again. */
class KnownProgramTest {
    private static final String MODEL = """
            import parts

            model Sums(width = 4) {
                weight: parts.Weight(width)
                fn sums(x: f32[B, width]) -> f32[B] = weight(x)
                fn loss(x: f32[B, width]) -> (f32[], f32[]) = (sum(weight(x)), 1)
            }
            """;
    private static final String PARTS = """
            model Weight(width) {
                param weight: f32[width] = 2

                fn (x: f32[B, width]) -> f32[B] = sum(x * weight, -1)
            }
            """;

    @TempDir
    private Path folder;

    private Path file;
    private Weft weft;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("sums.weft"), MODEL);
        Files.writeString(folder.resolve("parts.weft"), PARTS);
        weft = Weft.open(WeftOptions.defaults().backend("cpu")).withCache(store());
    }

    @AfterEach
    void close() {
        weft.close();
    }

    private CodeStore store() {
        return CodeStore.in(folder.resolve("cache"), 1 << 24);
    }

    /**
     * What a command does with a program.
     *
     * @param isParsed whether it was read for that
     * @param sum of four ones by the model
     */
    private record Outcome(boolean isFromCache, boolean isParsed, float sum) {}

    private Outcome run(Map<String, String> constants, long rows) {
        return run(weft.load(file.toString()).with(constants), rows);
    }

    private Outcome run(Program program, long rows) {
        assertThat(program.takes("width")).isTrue();
        assertThat(program.has("loss")).isTrue();
        assertThat(program.parameters("sums")).containsExactly("x");
        assertThat(program.sizes(List.of("sums"))).containsExactly("B");
        int width = Math.toIntExact(program.integer("width"));
        try (Model model = weft.compile(program, EntryRequest.of("sums", Map.of("B", rows)))) {
            boolean isParsed = program.isParsed();
            model.initialize(1);
            float[] ones = new float[Math.toIntExact(rows) * width];
            java.util.Arrays.fill(ones, 1);
            Tensor sums = model.run("sums", Map.of("x", Tensor.of(ones, Math.toIntExact(rows), width)))
                    .firstEntry()
                    .getValue();
            return new Outcome(model.steps().isFromCache(), isParsed, Model.scalar(sums));
        }
    }

    @Test
    void theSecondTimeNothingIsParsed() {
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(false, true, 8));
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, false, 8));
        assertThat(ProgramCache.explain(store())).first().asString().contains("sums, was found in the cache");
    }

    @Test
    void otherConstantsAndSizesAreOtherPrograms() {
        run(Map.of(), 2);
        assertThat(run(Map.of("width", "8"), 2)).isEqualTo(new Outcome(false, true, 16));
        assertThat(run(Map.of("width", "8"), 2)).isEqualTo(new Outcome(true, false, 16));
        assertThat(run(Map.of(), 3)).isEqualTo(new Outcome(false, true, 8));
        assertThat(ProgramCache.explain(store()))
                .last()
                .asString()
                .contains("was sums as sums {B=2}", "is sums as sums {B=3}");
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, false, 8));
    }

    @Test
    void anImportThatChangedIsReadAgain() throws IOException {
        run(Map.of(), 2);
        Files.writeString(folder.resolve("parts.weft"), PARTS.replace("= 2", "= 5"));

        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(false, true, 20));
        assertThat(ProgramCache.explain(store())).last().asString().contains("source parts.weft: was ");
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, false, 20));

        // Both are there, but only the last was noted.
        Files.writeString(folder.resolve("parts.weft"), PARTS);
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, true, 8));
    }

    @Test
    void aFileThatBreaksIsRefused() throws IOException {
        run(Map.of(), 2);
        Files.writeString(folder.resolve("parts.weft"), PARTS.replace("sum(x", "summe(x"));
        assertThatThrownBy(() -> run(Map.of(), 2)).isInstanceOf(ProgramException.class);
        Files.delete(folder.resolve("parts.weft"));
        assertThatThrownBy(() -> run(Map.of(), 2)).isInstanceOf(ProgramException.class);
        Files.delete(file);
        assertThatThrownBy(() -> run(Map.of(), 2)).hasMessageContaining("is no file");
    }

    @Test
    void aFileThatComesBeforeAShippedOneIsSeen() throws IOException {
        Files.writeString(
                file,
                MODEL.replace("parts", "nn")
                        .replace("weight: nn.Weight(width)", "weight: nn.Linear(width, 1, std = 0)")
                        .replace("-> f32[B] = weight(x)", "-> f32[B, 1] = weight(x)"));
        assertThat(run(Map.of(), 2).sum()).isEqualTo(0);
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, false, 0));

        Files.writeString(folder.resolve("nn.weft"), """
                model Linear(in, out, std) {
                    param bias: f32[out] = 7
                    param weight: f32[in, out] = 0

                    fn (x: f32[..., in]) -> f32[..., out] = x @ weight + bias
                }
                """);
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(false, true, 7));
        assertThat(ProgramCache.explain(store())).last().asString().contains("source nn.weft: was shipped, is ");
        Files.delete(folder.resolve("nn.weft"));
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, true, 0));
    }

    @Test
    void anOptimizerThatComesBeforeTheShippedOneIsSeen() throws IOException {
        Program shipped = weft.load("mlp").optimizer("adamw", Map.of());
        assertThat(shipped.marks()).containsEntry("adamw.weft", "shipped").containsEntry("train.weft", "shipped");

        Path copy = Files.writeString(
                folder.resolve("mlp.weft"), ShippedPrograms.resource("mlp.weft").orElseThrow());
        assertThat(weft.load(copy.toString()).optimizer("adamw", Map.of()).marks())
                .containsEntry("adamw.weft", "shipped");
        Files.writeString(
                folder.resolve("adamw.weft"),
                ShippedPrograms.resource("sgd.weft").orElseThrow());
        Program own = weft.load(copy.toString()).optimizer("adamw", Map.of());
        assertThat(own.marks().get("adamw.weft")).hasSize(ProgramKey.DIGITS);
        assertThat(own.sources().get("adamw.weft"))
                .isEqualTo(ShippedPrograms.resource("sgd.weft").orElseThrow());
    }

    @Test
    void anotherVersionOfWeftKnowsNothingOfIt() {
        ProgramCache before = new ProgramCache(store(), "one");
        Program program = Program.load(file.toString(), before);
        assertThat(program.takes("width")).isTrue();
        program.keep();
        assertThat(Program.load(file.toString(), before).isParsed()).isFalse();

        ProgramCache after = new ProgramCache(store(), "two");
        assertThat(Program.load(file.toString(), after).isParsed()).isTrue();
        assertThat(ProgramKey.of(program, List.of(), weft, "one").digest())
                .isNotEqualTo(ProgramKey.of(program, List.of(), weft, "two").digest());
    }

    @Test
    void damagedNotesAreMadeAgain() {
        run(Map.of(), 2);
        for (CodeStore.Item item : store().items()) {
            if (item.kind().equals("notes")) {
                store().write("notes", item.key(), new byte[] {0, 0, 0, 1, 0, 0, 0, 9});
            }
        }
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, true, 8));
        assertThat(run(Map.of(), 2)).isEqualTo(new Outcome(true, false, 8));
    }

    @Test
    void whatIsAskedLaterIsAnsweredByWhatWasLoaded() throws IOException {
        run(Map.of(), 2);
        Program known = weft.load(file.toString());
        Files.writeString(folder.resolve("parts.weft"), PARTS.replace("[width]", "[2 * width]"));
        assertThat(known.weights().get("weight.weight").toString()).isEqualTo("f32[4]");
        assertThat(known.sources()).containsEntry("parts.weft", PARTS);
        assertThat(known.module().imports().get("parts").file().source().text()).isEqualTo(PARTS);
    }

    @Test
    void shippedProgramsAreKnownByTheirNames() {
        for (boolean isFirst : List.of(true, false)) {
            Program gpt = weft.load("gpt")
                    .with(Map.of("layers", "1", "width", "32", "heads", "2", "context", "16", "vocab", "50"))
                    .optimizer("adamw", Map.of());
            assertThat(gpt.sizes(List.of("step"))).containsExactly("B", "T");
            assertThat(gpt.optimizerConstants()).contains("beta1");
            try (Model model = weft.compile(gpt, EntryRequest.of("step", Map.of("B", 2L, "T", 16L)))) {
                assertThat(model.steps().isFromCache()).isNotEqualTo(isFirst);
                assertThat(gpt.isParsed()).isEqualTo(isFirst);
            }
            assertThat(gpt.sources()).containsKeys("gpt.weft", "nn.weft", "adamw.weft", "train.weft", "generate.weft");
            assertThat(gpt.weights())
                    .isEqualTo(LoadedModel.wanted(Program.load("gpt").with(gpt.constants())));
            assertThat(gpt.boundConstants())
                    .isEqualTo(Program.load("gpt").with(gpt.constants()).boundConstants());
        }
    }
}
