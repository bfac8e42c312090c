package dev.weft.models;

import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

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
        throw new TestAbortedException("skipped: ../shared/data/" + name + " is not here");
    }
}
