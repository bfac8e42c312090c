package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What commands print, all but numbers: {@code commands.txt}, commands and their output as in a console block. After a change that is
 * meant, {@code -Dweft.accept=true} writes it anew.
 */
class GoldenTest {

    private static final Path GOLDEN = Path.of("src/test/resources/dev/weft/docs/commands.txt");

    @TempDir
    Path folder;

    @Test
    void commandsPrintWhatTheyDid() throws IOException, InterruptedException {
        String golden = Files.readString(GOLDEN);
        assertThat(golden.lines().filter(line -> line.startsWith("$ "))).hasSizeGreaterThan(20);
        try (Console console = new Console(folder)) {
            if (Boolean.getBoolean("weft.accept")) {
                golden = console.again(golden);
                Files.writeString(GOLDEN, golden);
                return;
            }
            console.run(new Block(1, "console", List.of(), golden, Optional.empty()));
        }
    }
}
