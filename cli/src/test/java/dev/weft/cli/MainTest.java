package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command promises: where it writes, what its exit codes mean, and help. */
class MainTest {

    static List<String> commands() {
        return List.copyOf(Commands.line(Terminal.plain(System.out, System.err, Path.of("")))
                .getSubcommands()
                .keySet());
    }

    @Test
    void helpListsEveryCommand() {
        Run run = Run.weft("--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(commands()).isNotEmpty().allSatisfy(name -> assertThat(run.out())
                .contains("  " + name + " "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpOfEachCommandHasAnExample(String command) {
        Run run = Run.weft(command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Example: weft " + command, "--json", "-q, --quiet", "-V, --version");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpBreaksLinesBetweenWordsOnly(String command) {
        CommandLine line = Commands.line(Terminal.plain(System.out, System.err, Path.of("")))
                .getSubcommands()
                .get(command);
        List<CommandLine> parts = new ArrayList<>(line.getSubcommands().values());
        parts.add(line);
        for (CommandLine each : parts) {
            String help = each.getUsageMessage();
            each.getCommandSpec().args().stream()
                    .filter(argument -> !argument.hidden())
                    .flatMap(argument -> Stream.of(argument.description()))
                    .flatMap(text -> Stream.of(text.replace("%%", "%")
                            .replaceAll("\\$\\{[^}]*}\\S*", "")
                            .split("\\s+")))
                    .forEach(word -> assertThat(help).contains(word));
        }
    }

    @Test
    void aValueThatIsNoNumberOrNotThereIsToldInTheWordsOfTheCommand() {
        assertThat(Run.weft("generate", "--top-k", "x").err())
                .startsWith("error: weft generate: --top-k: must be a whole number, got x\n");
        assertThat(Run.weft("generate", "--temperature", "warm").err())
                .startsWith("error: weft generate: --temperature: must be a number, got warm\n");
        assertThat(Run.weft("generate", "--max-tokens", "99999999999").err())
                .contains("--max-tokens: must be a whole number of at most 2147483647, got 99999999999\n");
        assertThat(Run.weft("compile", "gpt", "--entry", "step", "--dim", "B=x").err())
                .contains("--dim: must be a whole number, got x\n");
        assertThat(Run.weft("generate", "--max-tokens").err())
                .startsWith("error: weft generate: --max-tokens: takes N, which is not there\n");
    }

    @Test
    void aFileIsCalledWhatItWasCalledOnTheCommandLine() {
        Run run = Run.weft("train", "gpt", "--data", "nowhere/text.txt");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: nowhere/text.txt: ");
        assertThat(Run.weft(
                                "train",
                                "gpt",
                                "--data",
                                Path.of("nowhere.txt").toAbsolutePath().toString())
                        .err())
                .startsWith("error: " + Path.of("nowhere.txt").toAbsolutePath());
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(Run.weft("-V").out()).matches("weft \\d+\\.\\d+\\.\\d+.*\\R");
    }

    @Test
    void withoutACommandTheCommandsAreShown() {
        Run run = Run.weft();

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("weft --help lists what there is");
    }

    @Test
    void onlyTheCommandThatIsAskedForIsLookedAt() {
        Terminal terminal = Terminal.plain(System.out, System.err, Path.of(""));

        assertThat(Commands.line(terminal, List.of("check", "compile")).getSubcommands())
                .containsOnlyKeys("check");
        assertThat(Commands.line(terminal, List.of("--help")).getSubcommands().keySet())
                .containsExactlyElementsOf(commands());
        assertThat(Commands.line(terminal, List.of()).getSubcommands().keySet()).containsExactlyElementsOf(commands());
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheNearest() {
        Run run = Run.weft("chek", "gpt");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("error: weft: has no command chek; did you mean check?\n");
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheNearest() {
        Run run = Run.weft("check", "gpt", "--diagnostic=json");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("error: weft check: has no option --diagnostic; did you mean --diagnostics?\n");
    }

    @Test
    void onlyTheCommandThatTakesCompiledProgramsSaysSo() {
        assertThat(Run.weft("run", "--help").out()).contains("PROGRAM may also be a .weftc file");
        assertThat(Run.weft("profile", "--help").out()).contains("PROGRAM").doesNotContain(".weftc");
    }

    @Test
    void wordsOfAListAreNamedAsTheyAreTyped() {
        Run emit = Run.weft("compile", "gpt", "--entry", "loss", "--emit", "kernel");
        assertThat(emit.code()).isEqualTo(ExitCode.USAGE);
        assertThat(emit.err())
                .startsWith("error: weft compile: --emit must be one of ast, graph, ")
                .contains("; got kernel; did you mean kernels?\n");
        assertThat(Run.weft("completion", "powershell").err())
                .startsWith("error: weft completion: SHELL must be one of bash, zsh, fish; got powershell\n");
        assertThat(Run.weft("cache").err()).contains("must be given: one of ls, explain, clear\n");
        Run compile = Run.weft("compile", "gpt");
        assertThat(compile.code()).isEqualTo(ExitCode.USAGE);
        assertThat(compile.err()).startsWith("error: weft compile: --entry must be given: An entry, such as step");
    }

    @Test
    void aConstantWithoutValueIsRefused() {
        Run run = Run.weft("check", "gpt", "--set", "layers");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--set").contains("layers");
    }

    @Test
    void whatTheMachineLacksEndsWithThree() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err);

        int code = Failures.report(
                new MachineException("memory: needs more"), List.of(), Terminal.plain(stream, stream, Path.of("")));

        assertThat(code).isEqualTo(ExitCode.MACHINE);
        assertThat(err).hasToString("error: memory: needs more\n");
    }

    @Test
    void aDefectLeavesAReportAndNoStackTrace(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err);

        int code = Failures.report(
                new DefectException("graph: has lost a value"),
                List.of("check", "gpt"),
                Terminal.plain(stream, stream, folder));

        assertThat(code).isEqualTo(ExitCode.DEFECT);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("graph: has lost a value")
                .doesNotContain("\tat ");
        try (var files = Files.list(folder)) {
            Path report = files.findFirst().orElseThrow();
            assertThat(err.toString(StandardCharsets.UTF_8)).contains(report.toString());
            assertThat(report).content().contains("weft check gpt", "DefectException", "\tat ");
        }
    }

    @Test
    void reportsOfOneSecondStandBesideEachOther(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 5; i++) {
            DefectReport.write(new DefectException("graph: has lost a value"), List.of("check", "gpt"), folder);
        }

        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(5);
        }
    }

    @Test
    void jsonEscapesWhatMustBe() {
        assertThat(JsonText.of(Map.of("a\"b", List.of(1, 2.5, true, "x\ny\\"))))
                .isEqualTo("{\"a\\\"b\":[1,2.5,true,\"x\\ny\\\\\"]}");
        assertThat(JsonText.of(Double.NaN)).isEqualTo("null");
    }
}
