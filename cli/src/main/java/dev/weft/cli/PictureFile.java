package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Png;
import dev.weft.cli.plot.Svg;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A picture in a file whose name says its format. */
final class PictureFile {

    private PictureFile() {}

    /** Whether the name ends in .svg or .png. */
    static boolean isNamed(Path file) {
        return endsIn(file, ".svg") || endsIn(file, ".png");
    }

    private static boolean endsIn(Path file, String suffix) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(suffix);
    }

    static void write(Path file, Chart chart) {
        byte[] bytes = endsIn(file, ".svg") ? Svg.of(chart).getBytes(StandardCharsets.UTF_8) : Png.of(chart);
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            if (file.getParent() != null && !Files.isDirectory(file.getParent())) {
                throw new UserException(file + ": cannot be written; there is no folder " + file.getParent(), e);
            }
            throw new MachineException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
