package dev.weft.backend.cpu.nativelib;

import java.io.File;
import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files in the jars of native libraries where these lie on the module path: they are modules that nobody requires, so Java neither resolves
 * them nor finds what is in them.
 */
final class ModulePathResources {

    private static final String MODULES = "org.bytedeco.";

    private ModulePathResources() {}

    /** The resource of this name; null if there is none. */
    static @Nullable URL find(String name) {
        Path[] path = Stream.of(System.getProperty("jdk.module.path", "").split(File.pathSeparator))
                .filter(element -> !element.isEmpty())
                .map(Path::of)
                .toArray(Path[]::new);
        try {
            for (ModuleReference module : ModuleFinder.of(path).findAll()) {
                if (module.descriptor().name().startsWith(MODULES)) {
                    Optional<URI> found = find(module, name);
                    if (found.isPresent()) {
                        return found.get().toURL();
                    }
                }
            }
        } catch (IOException | FindException unreadable) {
            return null; // then it is not there, which the caller says
        }
        return null;
    }

    private static Optional<URI> find(ModuleReference module, String name) throws IOException {
        try (ModuleReader reader = module.open()) {
            return reader.find(name);
        }
    }
}
