package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** One resource is what the page shows and what the command line answers; what it names is there. */
class ComingFromTest {

    private static final Path PAGE = Path.of("..", "docs", "coming-from.md");
    private static final Pattern OPTION = Pattern.compile("(?<!\\S)--?[a-z][\\w-]*");

    private static List<ComingFrom.Row> rows() {
        return ComingFrom.tables().values().stream().flatMap(List::stream).toList();
    }

    @Test
    void thePageHasTheTables() throws IOException {
        StringBuilder tables = new StringBuilder();
        ComingFrom.tables().forEach((tool, rows) -> {
            tables.append("\n## ").append(tool).append("\n\n| theirs | here | |\n|---|---|---|\n");
            rows.forEach(row -> tables.append("| `%s` | %s | %s |%n"
                    .formatted(
                            row.theirs(),
                            row.ours().isEmpty() ? "" : "`weft " + row.command() + " " + row.ours() + "`",
                            row.remark())));
        });
        String page = Files.readString(PAGE);
        int start = page.indexOf("\n## ");
        String written = page.substring(0, start < 0 ? page.length() : start) + tables;
        if (Boolean.getBoolean("weft.accept")) {
            Files.writeString(PAGE, written);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(written);
    }

    @Test
    void whatIsOursIsThere() {
        CommandLine weft = Commands.line(Terminal.plain(System.out, System.err, Path.of("")));
        List<String> unknown = new ArrayList<>();
        for (ComingFrom.Row row : rows()) {
            assertThat(weft.getSubcommands()).as(row.theirs()).containsKey(row.command());
            assertThat(row.ours() + row.remark()).as(row.theirs()).isNotEmpty();
            Matcher option = OPTION.matcher(row.ours());
            while (option.find()) {
                boolean scalar = option.group().equals("--drop");
                if (!scalar
                        && weft.getSubcommands()
                                        .get(row.command())
                                        .getCommandSpec()
                                        .findOption(option.group())
                                == null) {
                    unknown.add(row.theirs() + " -> " + option.group());
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(rows()).hasSizeGreaterThan(80);
    }

    @Test
    void aLineOfNanoGptIsAnsweredOptionByOption() {
        Run run = Run.weft(
                "train",
                "gpt",
                "--n_layer=4",
                "--batch_size=12",
                "--max_iters=2000",
                "--compile=False",
                "--dropout=0.0");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("error: weft train: is given words of nanoGPT; docs/coming-from.md has them all\n")
                .contains(
                        "  --n_layer=4 of nanoGPT is here --set layers=4\n",
                        "  --batch_size=12 of nanoGPT is here --batch 12\n",
                        "  --max_iters=2000 of nanoGPT is here --steps 2000\n",
                        "  --compile=False of nanoGPT has no counterpart: every program is compiled\n",
                        "  --dropout=0.0 of nanoGPT is here --drop 0.0\n");
    }

    @Test
    void everyForeignOptionIsAnswered() {
        CommandLine weft = Commands.line(Terminal.plain(System.out, System.err, Path.of("")));
        for (ComingFrom.Row row : rows()) {
            List<String> arguments = new ArrayList<>(List.of(row.theirs().split(" ")));
            boolean option = row.theirs().startsWith("-");
            String command = option ? row.command() : "weft";
            CommandLine of = weft.getSubcommands().get(row.command());
            if (option && of.getCommandSpec().findOption(row.name()) != null) {
                continue; // an option of the same name, which does the same
            }
            assertThat(ComingFrom.answers(
                            command, arguments, of.getCommandSpec().optionsMap().keySet()))
                    .as(row.theirs())
                    .singleElement()
                    .extracting(ComingFrom.Answer::text)
                    .asString()
                    .contains(row.ours().isEmpty() ? "has no counterpart" : row.ours());
        }
    }

    @Test
    void aLineOfLlamaCppIsAnswered() {
        Run run = Run.weft("generate", "-m", "gpt2", "-p", "Once", "-n", "20", "--temp", "0.5", "-ngl", "99");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains(
                        "  -m gpt2 of llama.cpp is here MODEL; a run or",
                        "  --temp 0.5 of llama.cpp is here --temperature 0.5\n")
                .contains("  -ngl 99 of llama.cpp has no counterpart: ");
    }

    @Test
    void aCommandOfLitgptIsAnswered() {
        Run run = Run.weft("pretrain", "pythia-14m");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("  pretrain pythia-14m of litgpt is here weft train gpt --data PATH\n");
    }

    @Test
    void anOrdinaryMistakeIsNotTakenForAForeignWord() {
        assertThat(Run.weft("train", "gpt", "--stepps=3").err()).doesNotContain("coming-from");
    }
}
