package dev.weft.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package begins with a page that says what is there. */
class PackagesTest {

    @Test
    void everyPackageSaysWhatItHolds() throws IOException {
        List<Path> packages = packages();

        assertThat(packages).hasSizeGreaterThan(5);
        assertThat(packages).allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                .content()
                .contains("/**"));
    }

    @Test
    void everyModuleIsNullMarked() {
        assertThat(Weft.sourceFolders())
                .hasSizeGreaterThan(5)
                .allSatisfy(folder ->
                        assertThat(folder.resolve("module-info.java")).content().contains("@NullMarked"));
    }

    private static List<Path> packages() throws IOException {
        TreeSet<Path> packages = new TreeSet<>();
        for (Path sources : Weft.sourceFolders()) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(Path::getParent)
                        .filter(folder -> !folder.equals(sources))
                        .forEach(packages::add);
            }
        }
        return List.copyOf(packages);
    }
}
