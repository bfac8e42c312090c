package dev.weft.cli;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The program after each pass, as files to compare. */
final class PassDumps {

    private PassDumps() {}

    static void write(Path folder, CompileTrace trace) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> text : trace.programs().entrySet()) {
                Files.writeString(folder.resolve(text.getKey() + ".weft-graph"), text.getValue());
            }
        } catch (IOException e) {
            throw new MachineException("--dump-passes %s: cannot be written: %s".formatted(folder, e.getMessage()), e);
        }
    }
}
