package dev.weft.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** Paths in what is said, as the command line named them. */
final class NamedPaths {

    private NamedPaths() {}

    /** Paths below this folder without it, where the user, too, named none of them whole. */
    static String in(String text, List<String> arguments) {
        String here = Path.of("").toAbsolutePath() + File.separator;
        boolean whole = arguments.stream().anyMatch(argument -> argument.contains(here));
        return whole ? text : text.replace(here, "");
    }
}
