package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The option parser as the JVM's archive takes it: the same classes, in a newer version of their format. */
class NewerLibrariesTest {

    @TempDir
    private Path folder;

    private static Path jar(Class<?> part) throws URISyntaxException {
        return Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void theCopyHasTheSameFilesAndIsVerifiedByTheJvm() throws Exception {
        Path old = jar(CommandLine.class);
        Path copy = NewerLibraries.copy(old, folder);
        assertThat(copy).isNotNull();
        assertThat(names(copy)).containsExactlyElementsOf(names(old));
        URL[] path = {copy.toUri().toURL()};
        try (JarFile jar = new JarFile(copy.toFile());
                URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            for (String name : names(copy)) {
                if (name.endsWith(".class") && !name.contains("-")) {
                    assertThat(version(jar, name)).as(name).isGreaterThanOrEqualTo(50);
                }
                if (name.startsWith("picocli/CommandLine") && name.endsWith(".class")) {
                    // Initializing proves what the class says about its stack.
                    String type =
                            name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    assertThat(Class.forName(type, true, loader).getClassLoader())
                            .isEqualTo(loader);
                }
            }
        }
    }

    @Test
    void whatIsNewIsLeftAlone() throws Exception {
        assertThat(NewerLibraries.copy(jar(org.assertj.core.api.Assertions.class), folder))
                .isNull();
    }

    private static List<String> names(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return Collections.list(file.entries()).stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    private static int version(JarFile jar, String name) throws IOException {
        try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
            in.skipNBytes(6);
            return in.readUnsignedShort();
        }
    }
}
