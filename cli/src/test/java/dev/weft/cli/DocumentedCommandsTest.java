package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documentation tells to type is there. */
class DocumentedCommandsTest {

    private static final Pattern LINE = Pattern.compile("(?m)^ *(?:\\$ )?\\./weft ([a-z]+)(.*)$");
    private static final Pattern OPTION = Pattern.compile(" (--?[a-z][a-z0-9-]*)");

    @Test
    void everyCommandAndOptionOfTheDocumentationIsInHelp() throws IOException {
        CommandLine weft = Commands.line(Terminal.plain(System.out, System.err, Path.of("")));
        List<String> unknown = new ArrayList<>();
        int found = 0;
        for (Path page : pages()) {
            Matcher line = LINE.matcher(Files.readString(page).replace("\\\n", " "));
            while (line.find()) {
                found++;
                CommandLine command = weft.getSubcommands().get(line.group(1));
                if (command == null) {
                    unknown.add(page.getFileName() + ": weft " + line.group(1));
                    continue;
                }
                Matcher option = OPTION.matcher(line.group(2).replaceAll("#.*", ""));
                while (option.find()) {
                    if (command.getCommandSpec().findOption(option.group(1)) == null) {
                        unknown.add(page.getFileName() + ": weft " + line.group(1) + " " + option.group(1));
                    }
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(found).isPositive();
    }

    private static List<Path> pages() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
            if (Files.exists(root.resolve(name))) {
                pages.add(root.resolve(name));
            }
        }
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }
}
