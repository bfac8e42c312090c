package dev.weft.cli;

import dev.weft.models.io.WriteErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The program after each pass, and what the pass changed, as files. */
final class PassDumps {

    private PassDumps() {}

    static void write(Path folder, CompileTrace trace) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> text : trace.programs().entrySet()) {
                Files.writeString(folder.resolve(text.getKey() + ".weft-graph"), text.getValue());
            }
            for (Map.Entry<String, String> diff : trace.diffs().entrySet()) {
                Files.writeString(folder.resolve(diff.getKey() + ".diff"), diff.getValue());
            }
        } catch (IOException e) {
            throw WriteErrors.folder("--dump-passes " + folder, folder, e);
        }
    }
}
