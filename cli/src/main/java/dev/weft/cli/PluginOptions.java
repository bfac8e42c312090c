package dev.weft.cli;

import dev.weft.backend.spi.PluginPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where backends are found besides those that come with Weft. */
final class PluginOptions {

    @Option(
            names = "--plugin-path",
            paramLabel = "PATH",
            description =
                    "A jar with a backend, or a folder of jars. May be given several times. Plugins are code: give those you trust.")
    List<Path> paths = new ArrayList<>();

    /** Loads them. The caller closes it. */
    PluginPath load() {
        return PluginPath.of(paths);
    }
}
