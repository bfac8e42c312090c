package dev.weft.models;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The test data beside the project, which is not part of it: tests that need it are skipped where it is absent. */
public final class SharedData {

    private SharedData() {}

    /** {@code name} in the shared folder; the test that asks is skipped if it is not there. */
    public static Path file(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null) {
            for (Path shared : new Path[] {
                folder.resolve("shared/data"), folder.resolveSibling("shared").resolve("data")
            }) {
                if (Files.exists(shared.resolve(name))) {
                    return shared.resolve(name);
                }
            }
            folder = folder.getParent();
        }
        assumeTrue(false, "skipped: ../shared/data/" + name + " is not here");
        throw new AssertionError("unreachable: the assumption above failed");
    }
}
