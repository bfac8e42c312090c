package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.torch.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recipe's rates, and the losses of Weft and of libtorch under it: equal step by step, from equal weights and batches. */
class RecipeTest {

    private static final Path SHAKESPEARE = Path.of("../../shared/data/tinyshakespeare.txt");
    private static final String TEXT = "What is the city but the people? ".repeat(40);

    @TempDir
    private Path folder;

    @Test
    void theRateRisesAndThenFallsAlongACosine() {
        List<Double> rates = Recipe.NANO_GPT.optimizer(2101).rates();

        assertThat(rates.getFirst()).isCloseTo(1e-3 / 101, within(1e-9));
        assertThat(rates.get(100)).isCloseTo(1e-3, within(1e-9));
        assertThat(rates.get(1050)).isCloseTo(5.5e-4, within(1e-9));
        assertThat(rates.get(2000)).isCloseTo(1e-4, within(1e-9));
        assertThat(rates.getLast()).isCloseTo(1e-4, within(1e-9));
    }

    @Test
    void theLossesOfASmallGptAreLibtorchs() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        Opening.Optimizer fast = new Opening.Optimizer(3e-3, 0.9, 0.99, 1e-8, 0.1, 1, List.of());
        TurnRow row = Rows.train("small", "a small GPT", Shape.gpt(2, 2, 32, 16, 65), 4, 16, 5)
                .by(new Recipe(fast, 5, 3e-4, 50, true, LossRule.CLOSE))
                .of(Contestant.weft("f32"), Contestant.libtorch("f32"));

        JsonNode result = lossesAgree(row, text, 4);

        assertThat(result.path("sides")).hasSize(2).allSatisfy(side -> {
            assertThat(side.path("losses")).hasSize(25);
            assertThat(side.path("losses").get(0).asDouble())
                    .as("a loss near that of guessing among the 19 characters of the text")
                    .isCloseTo(Math.log(19), within(0.2));
            assertThat(side.path("loss").asDouble()).isLessThan(2.5);
        });
    }

    @Test
    @Tag("slow")
    void theFirstLossesOfNanoGptsRecipeAreLibtorchs() throws IOException {
        assumeTrue(Files.isReadable(SHAKESPEARE), () -> SHAKESPEARE + " is not there");
        Row row = Rows.cpu().stream()
                .filter(each -> each.name().equals("nanogpt"))
                .findFirst()
                .orElseThrow();

        JsonNode result = lossesAgree(row, SHAKESPEARE, 9);

        assertThat(result.path("sides"))
                .allSatisfy(side -> assertThat(side.path("losses")).hasSize(200));
    }

    private JsonNode lossesAgree(Row row, Path text, int repeats) throws IOException {
        Torch.missing().ifPresent(missing -> Assumptions.abort(missing));
        Path file = folder.resolve("results.json");
        String[] arguments = {
            "--data", text.toString(), "--repeats", Integer.toString(repeats), "--json", file.toString()
        };
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

        int code = Suite.run(arguments, List.of(SuiteTest.suite(List.of(row))), out, out);

        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
        return new ObjectMapper().readTree(file.toFile()).path("results").get(0);
    }
}
