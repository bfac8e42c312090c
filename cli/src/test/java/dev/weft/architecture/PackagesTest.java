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

    /** The benchmarks of single kernels are no module, as JMH would have it: there each package says it. */
    @Test
    void everyModuleIsNullMarked() throws IOException {
        List<Path> modules = Weft.sourceFolders().stream()
                .map(folder -> folder.resolve("module-info.java"))
                .toList();

        assertThat(modules).hasSizeGreaterThan(5);
        assertThat(modules).filteredOn(Files::notExists).hasSizeLessThan(2);
        assertThat(modules)
                .filteredOn(Files::exists)
                .allSatisfy(file -> assertThat(file).content().contains("@NullMarked"));
        assertThat(packages())
                .filteredOn(folder -> modules.stream()
                        .noneMatch(module -> Files.exists(module) && folder.startsWith(module.getParent())))
                .allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                        .content()
                        .contains("@NullMarked"));
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
