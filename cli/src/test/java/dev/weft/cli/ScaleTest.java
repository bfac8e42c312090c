package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are long or deep compile like short ones. */
class ScaleTest {

    private static final long SMALL_STACK = 256 << 10;
    private static final Pattern KERNELS = Pattern.compile("\"kernels\":(\\d+)");
    private static final Pattern LOWERED = Pattern.compile("\"pass\":\"differentiate\",\"before\":(\\d+)");

    @Test
    void tenThousandOperationsCompileOnASmallStack(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("long.weft"), """
                model Long(turns = 2500) {
                    fn far(x: f32[B]) -> f32[B] {
                        y = x
                        for i in range(turns) {
                            y = tanh(y) * x + y - x
                        }
                        y
                    }
                }
                """);
        AtomicReference<Run> run = new AtomicReference<>();

        Thread thread = new Thread(
                null,
                () -> run.set(Run.in(
                        folder,
                        "compile",
                        file.toString(),
                        "--entry",
                        "far",
                        "--dim",
                        "B=16",
                        "--backend",
                        "cpu",
                        "--json")),
                "small stack",
                SMALL_STACK);
        thread.start();
        thread.join();

        assertThat(run.get().err()).isEmpty();
        assertThat(run.get().code()).isZero();
        assertThat(number(LOWERED, run.get())).isGreaterThanOrEqualTo(10_000);
        assertThat(run.get().out()).contains("\"fallback_regions\":0");
    }

    @Test
    void fortyEightLayersAreTheKernelsOfTwelve() {
        assertThat(kernels(48)).isEqualTo(kernels(12));
    }

    private static int kernels(int layers) {
        Run run = Run.weft(
                "compile",
                "gpt",
                "--entry",
                "step",
                "--dim",
                "B=2,T=8",
                "--backend",
                "cpu",
                "--json",
                "--set",
                "layers=%d,width=16,heads=2,vocab=40,context=8".formatted(layers));
        assertThat(run.err()).isEmpty();
        return number(KERNELS, run);
    }

    private static int number(Pattern pattern, Run run) {
        Matcher matcher = pattern.matcher(run.out());
        assertThat(matcher.find()).as(run.out()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
