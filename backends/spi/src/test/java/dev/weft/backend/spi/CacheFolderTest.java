package dev.weft.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the cache is, in environments that offer more or less. */
class CacheFolderTest {

    @TempDir
    private Path folder;

    private Path home;
    private Path temporary;

    @BeforeEach
    void layOut() {
        home = folder.resolve("home");
        temporary = folder.resolve("tmp");
    }

    private Path find(Map<String, String> environment) {
        return CacheFolder.find(environment, "?", temporary);
    }

    @Test
    void theChosenFolderComesFirst() {
        Path chosen = folder.resolve("chosen one");

        assertThat(find(Map.of("WEFT_CACHE_DIR", chosen.toString(), "HOME", home.toString())))
                .isEqualTo(chosen)
                .isDirectory();
    }

    @Test
    void thenThatOfTheDesktopStandard() {
        assertThat(find(Map.of("XDG_CACHE_HOME", folder.resolve("xdg").toString(), "HOME", home.toString())))
                .isEqualTo(folder.resolve("xdg/weft"));
        assertThat(find(Map.of("XDG_CACHE_HOME", "not/absolute", "HOME", home.toString())))
                .isEqualTo(home.resolve(".cache/weft"));
        assertThat(CacheFolder.find(Map.of(), home.toString(), temporary)).isEqualTo(home.resolve(".cache/weft"));
    }

    @Test
    void withoutHomeItIsTemporary() {
        assertThat(find(Map.of()).getParent()).isEqualTo(temporary);
        assertThat(find(Map.of("HOME", "")).getParent()).isEqualTo(temporary);
    }

    @Test
    void whereHomeCannotBeWrittenItIsTemporary() throws IOException {
        Files.writeString(home, "a file, in which no folder can be made");

        assertThat(find(Map.of("HOME", home.toString())).getParent()).isEqualTo(temporary);
    }

    @Test
    void whereNothingCanBeWrittenAllThatWasTriedIsNamed() throws IOException {
        Files.writeString(home, "");
        Files.writeString(temporary, "");

        assertThatThrownBy(() -> find(Map.of("HOME", home.toString())))
                .isInstanceOf(MachineException.class)
                .hasMessageContainingAll(
                        "tried " + home.resolve(".cache/weft") + " (cannot be written: ",
                        temporary.resolve("weft-cache-").toString(),
                        "set WEFT_CACHE_DIR");
    }

    @Test
    void aChosenFolderThatCannotBeWrittenIsNotPassedOver() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> find(Map.of("WEFT_CACHE_DIR", file.toString(), "HOME", home.toString())))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("WEFT_CACHE_DIR is " + file);
    }

    @Test
    void aFolderThatOthersMayWriteIsRefused() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "POSIX permissions only");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> find(Map.of("WEFT_CACHE_DIR", open.toString())))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("others may write to it: rwxrwxrwx");
    }

    @Test
    void theFolderIsForItsUserAlone() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "POSIX permissions only");

        Path made = find(Map.of());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
        assertThat(made).isEmptyDirectory();
    }
}
