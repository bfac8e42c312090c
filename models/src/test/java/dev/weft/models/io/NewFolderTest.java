package dev.weft.models.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFolderTest {

    @TempDir
    private Path place;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private Path unfinished(String name, long pid) throws IOException {
        Path folder = Files.createDirectory(place.resolve(".%s.tmp-%d-1".formatted(name, pid)));
        fill(folder);
        return folder;
    }

    private static void fill(Path folder) {
        try {
            Files.writeString(folder.resolve("content"), "whole");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long pidOfNobody() {
        long pid = 4_000_000_000L;
        while (ProcessHandle.of(pid).isPresent()) {
            pid++;
        }
        return pid;
    }

    @Test
    void whatAKilledProcessHasLeftIsRemovedByTheNext() throws IOException {
        Path left = unfinished("model", pidOfNobody());
        Path ofAnother = unfinished("other", pidOfNobody());
        Path ofSomeoneAtWork = unfinished("model", ProcessHandle.current().pid());

        NewFolder.make(place.resolve("model"), NewFolderTest::fill);

        assertThat(left).doesNotExist();
        assertThat(ofAnother).isDirectory();
        assertThat(ofSomeoneAtWork).isDirectory();
        assertThat(place.resolve("model/content")).hasContent("whole");
        assertThat(names()).hasSize(3);
    }

    @Test
    void workThatFailsLeavesNothing() throws IOException {
        assertThatThrownBy(() -> NewFolder.make(place.resolve("model"), folder -> {
                    fill(folder);
                    throw new UserException("tensor w: is not there");
                }))
                .hasMessage("tensor w: is not there");
        assertThat(names()).isEmpty();
    }
}
