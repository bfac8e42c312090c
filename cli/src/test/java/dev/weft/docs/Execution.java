package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.cli.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;

/** Executes the blocks of one page, in order, in a folder of its own. */
final class Execution implements AutoCloseable {

    private final Path folder;
    private final Console console;
    private final JavaBlocks java;

    Execution(Path folder) {
        this.folder = folder;
        this.console = new Console(folder);
        this.java = new JavaBlocks(folder);
    }

    /** Fails with what is not as the page says. */
    void run(Block block) throws Exception {
        Files.createDirectories(folder);
        if (block.quoted().isPresent()) {
            Path file = Page.ROOT.resolve(block.quoted().get());
            assertThat(squeezed(Files.readString(file))).as(file.toString()).contains(squeezed(block.text()));
            return;
        }
        switch (block.language()) {
            case "weft" -> weft(block);
            case "console" -> console.run(block);
            case "java" -> java.compile(block.text());
            case "sh" -> ShownCommands.check(block.text());
            case "json" -> {
                for (String line :
                        block.words().contains("lines") ? block.text().lines().toList() : List.of(block.text())) {
                    assertThat(new ObjectMapper().readTree(line)).isNotEmpty();
                }
            }
            case "xml" -> xml(block.text());
            case "text" ->
                assertThat(block.text().lines())
                        .as("commands are in console or sh blocks")
                        .noneMatch(line -> line.startsWith("$ "));
            default ->
                throw new AssertionError("a block must be weft, console, java, sh, json, xml or text, got "
                        + block.language() + " (CONTRIBUTING.md says what each means)");
        }
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }

    /** {@code weft [fails CODE] [as FILE]}. */
    private void weft(Block block) throws IOException {
        Files.createDirectories(folder.resolve("checked"));
        Path file = Files.writeString(
                folder.resolve("checked").resolve(block.word("as").orElse("example.weft")), block.text());
        Run check = Run.in(folder, "check", file.toString(), "--json");
        Optional<String> fails = block.word("fails");
        if (fails.isPresent()) {
            assertThat(check.out()).contains("\"" + fails.get() + "\"");
        } else {
            assertThat(check.out()).isEqualTo("{\"diagnostics\":[]}\n");
        }
        if (block.word("as").isPresent()) {
            console.file(block.word("as").get(), block.text());
        }
    }

    /** Well-formed, and the artifacts of Weft that it names are there. */
    private static void xml(String text) throws Exception {
        var nodes = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(("<block>" + text + "</block>").getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("artifactId");
        Map<String, Path> poms = new HashMap<>();
        try (Stream<Path> files = Files.walk(Page.ROOT, 3)) {
            files.filter(file -> file.endsWith("pom.xml")).forEach(file -> poms.put(read(file), file));
        }
        for (int i = 0; i < nodes.getLength(); i++) {
            String artifact = nodes.item(i).getTextContent();
            if (artifact.startsWith("weft-")) {
                assertThat(poms.keySet()).as(artifact).anyMatch(pom -> pom.contains("<artifactId>" + artifact + "<"));
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        console.close();
    }
}
