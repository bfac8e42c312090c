package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Png;
import dev.weft.cli.plot.Svg;
import java.nio.charset.StandardCharsets;
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

    static void write(String option, Path file, Chart chart) {
        byte[] bytes = endsIn(file, ".svg") ? Svg.of(chart).getBytes(StandardCharsets.UTF_8) : Png.of(chart);
        OutputFile.of(option, file).write(bytes);
    }
}
