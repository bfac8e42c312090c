package dev.weft.cli;

import dev.weft.graph.MachineException;
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
            throw new MachineException("--dump-passes %s: cannot be written: %s".formatted(folder, e.getMessage()), e);
        }
    }
}
