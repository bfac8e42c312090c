package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.cli.ShellProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Commands that are shown and not run, since they take long or change the machine: what they name must be there. */
final class ShownCommands {

    private static final Set<String> OTHERS = Set.of("git", "cd", "java", "javac", "export");

    private ShownCommands() {}

    static void check(String block) throws IOException {
        for (String command : Words.commands(block)) {
            List<String> words = Words.of(command);
            switch (words.getFirst()) {
                case "./weft" -> ShellProcess.parse(words.subList(1, words.size()));
                case "mvn" -> maven(words);
                case String file
                when file.startsWith("tools/") ->
                    assertThat(Page.ROOT.resolve(file)).as(command).isExecutable();
                default -> assertThat(words.getFirst()).as(command).isIn(OTHERS);
            }
        }
    }

    private static void maven(List<String> words) throws IOException {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-pl") || word.equals("-f")) {
                for (String module : words.get(++i).split(",")) {
                    Path pom = Page.ROOT.resolve(module);
                    assertThat(module.endsWith(".xml") ? pom : pom.resolve("pom.xml"))
                            .exists();
                }
            } else if (word.startsWith("-Dtest=")) {
                for (String test : word.substring("-Dtest=".length()).split(",")) {
                    assertThat(isTest(test.replaceAll("#.*", "")))
                            .as("a test " + test)
                            .isTrue();
                }
            }
        }
    }

    private static boolean isTest(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Page.ROOT)) {
            return files.anyMatch(
                    file -> file.endsWith(name + ".java") && file.toString().contains("/src/test/"));
        }
    }
}
