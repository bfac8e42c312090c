package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared libraries as files in the cache. */
class UnpackedTest {

    @TempDir
    private Path folder;

    private URL library(String jar, String content) throws IOException {
        Path path = folder.resolve(jar);
        try (OutputStream out = Files.newOutputStream(path);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("org/lib.so"));
            entries.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return URI.create("jar:" + path.toUri() + "!/org/lib.so").toURL();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("natives"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void theFileHasTheContentAndIsWrittenOnce() throws IOException {
        URL resource = library("a.jar", "machine code");

        Path file = Unpacked.file(resource, folder);
        var written = Files.getLastModifiedTime(file);

        assertThat(file).hasFileName("lib.so").content().isEqualTo("machine code");
        assertThat(Unpacked.file(resource, folder)).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void otherContentIsAnotherFile() throws IOException {
        Path first = Unpacked.file(library("a.jar", "version 1"), folder);
        Path second = Unpacked.file(library("b.jar", "version 2"), folder);

        assertThat(first).isNotEqualTo(second).content().isEqualTo("version 1");
        assertThat(second).content().isEqualTo("version 2");
    }

    @Test
    void aFileThatWasCutIsWrittenAnew() throws IOException {
        URL resource = library("a.jar", "machine code");
        Files.writeString(Unpacked.file(resource, folder), "machine");

        assertThat(Unpacked.file(resource, folder)).content().isEqualTo("machine code");
    }

    @Test
    void manyAtOnceSeeTheWholeFile() throws IOException {
        URL resource = library("a.jar", "machine code ".repeat(100_000));

        List<Long> sizes = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> {
                    try {
                        return Files.size(Unpacked.file(resource, folder));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();

        assertThat(sizes).hasSize(8).containsOnly(1_300_000L);
        assertThat(files()).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeMadeLeavesNothing() throws IOException {
        URL resource = library("a.jar", "machine code");
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> Unpacked.file(resource, file)).isInstanceOf(IOException.class);
    }
}
