package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weft.models.Trainer;
import dev.weft.models.training.TrainingRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What help shows can be typed, and README shows the same commands. */
class HelpTest {

    private static final Pattern COMMAND = Pattern.compile("(?m)^\\./weft ([a-z]+)");

    static List<String> commands() {
        return MainTest.commands();
    }

    /** The lines of a help's end: the first begins with {@code Example:}, others are indented. */
    static List<String> examples(String command) {
        List<String> examples = new ArrayList<>();
        String help = Run.weft(command, "--help").out();
        help.substring(help.indexOf("Example: ")).lines().forEach(line -> {
            String text = line.replace("Example: ", "").strip();
            if (text.startsWith("weft ")) {
                examples.add(text);
            }
        });
        return examples;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleParses(String command) {
        assertThat(examples(command)).isNotEmpty().allSatisfy(example -> {
            List<String> words = dev.weft.docs.Words.of(example.replaceAll(" > .*", ""));
            assertThatCode(() -> ShellProcess.parse(words.subList(1, words.size())))
                    .doesNotThrowAnyException();
        });
    }

    @Test
    void trainSaysWhatItsDefaultsAre() {
        TrainingRequest defaults = TrainingRequest.of("gpt");
        Trainer.Options options = defaults.options();
        String help = Run.weft("train", "--help").out().replaceAll("\\s+", " ");

        assertThat(help)
                .contains("micro-batch: %d if not given".formatted(defaults.batch()))
                .contains("of a step: %d if not given".formatted(options.accumulate()))
                .contains("Optimizer steps: %d if not given".formatted(options.steps()))
                .contains("learning rate: %s if not given".formatted(options.peak()))
                .contains("gradient keeps: %.0f if not given".formatted(options.clip()))
                .contains("to the next: %d, or a quarter".formatted(defaults.evalEvery()))
                .contains("dropout: %d if not given".formatted(options.seed()))
                .contains("%s if not given".formatted(defaults.optimizer()))
                .doesNotContain("\\s");
    }

    @Test
    void readmeShowsTheSameCommandsAsHelp() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        Set<String> shown = new TreeSet<>();
        COMMAND.matcher(readme)
                .results()
                .map((MatchResult found) -> found.group(1))
                .forEach(shown::add);

        assertThat(shown).containsExactlyInAnyOrderElementsOf(commands());
    }
}
