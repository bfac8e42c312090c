package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every block of every page does what the page says. One page alone: {@code -Dweft.docs=README.md}. */
class DocsTest {

    @TempDir
    Path folder;

    private final List<Execution> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Execution execution : open) {
            execution.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> everyBlock() throws IOException {
        String only = System.getProperty("weft.docs", "");
        return Page.all().stream()
                .filter(page -> page.name().contains(only) && !page.blocks().isEmpty())
                .map(page -> dynamicContainer(page.name(), blocks(page)));
    }

    private Stream<DynamicNode> blocks(Page page) {
        Execution execution = new Execution(folder.resolve(page.name().replaceAll("\\W", "_")));
        open.add(execution);
        return page.blocks().stream()
                .map(block -> dynamicTest(
                        "line %d: %s".formatted(block.line(), block.language()), () -> execution.run(block)));
    }

    @Test
    void noCommandIsHiddenInAnIndentedBlock() throws IOException {
        Map<String, List<String>> hidden = new HashMap<>();
        for (Page page : Page.all()) {
            if (!page.indentedCommands().isEmpty()) {
                hidden.put(page.name(), page.indentedCommands());
            }
        }
        assertThat(hidden).isEmpty();
    }
}
