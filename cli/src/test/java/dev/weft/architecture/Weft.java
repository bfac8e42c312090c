package dev.weft.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Weft as these tests see it: its compiled classes, and its source folders. */
final class Weft {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.weft");

    private Weft() {}

    /** All classes of the modules on the class path, without tests. */
    static JavaClasses classes() {
        return CLASSES;
    }

    /** The folder that holds the modules: the nearest one above the working directory with the launcher in it. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("weft"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "the tests must run somewhere below the folder that holds the file weft, but ran in "
                                + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }

    /** The {@code src/main/java} folder of each module; the examples are programs of others and follow their own rules. */
    static List<Path> sourceFolders() {
        return folders("src/main/java");
    }

    /** The {@code src/main/resources} folder of each module that has one. */
    static List<Path> resourceFolders() {
        return folders("src/main/resources");
    }

    private static List<Path> folders(String name) {
        try (Stream<Path> all = Files.find(
                root(),
                6,
                (path, attributes) -> attributes.isDirectory()
                        && path.endsWith(name)
                        && !path.startsWith(root().resolve("examples"))
                        && Files.isRegularFile(path.resolve("../../../pom.xml").normalize()))) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
