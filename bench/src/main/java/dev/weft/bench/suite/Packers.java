package dev.weft.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Programs that make files smaller, as they are found on this machine.
 *
 * @param folder for files that nobody needs afterwards
 */
record Packers(Path folder) {

    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * What they make of a text, and what one of them makes of it that was given another text before: by how much both together are longer
     * than the other alone.
     */
    List<SideResult> beside(Path known, Path text) throws IOException {
        List<String> xz = List.of("xz", "-9", "-c");
        Path both = folder.resolve("both");
        Files.write(both, Files.readAllBytes(known));
        Files.write(both, Files.readAllBytes(text), StandardOpenOption.APPEND);
        SideResult whole = packed("xz -9, given the training text", xz, both);
        SideResult alone = packed("xz -9", xz, known);
        List<SideResult> sides = new ArrayList<>();
        sides.add(packed("xz -9", xz, text));
        sides.add(packed("bzip2 -9", List.of("bzip2", "-9", "-c"), text));
        sides.add(
                whole.written().isEmpty() || alone.written().isEmpty()
                        ? whole
                        : SideResult.once(
                                whole.name(),
                                whole.spread().median(),
                                OptionalLong.of(whole.written().getAsLong()
                                        - alone.written().getAsLong())));
        return sides;
    }

    /** @param command that reads the file named last and writes to standard output */
    SideResult packed(String name, List<String> command, Path file) {
        List<String> words = new ArrayList<>(command);
        words.add(file.toString());
        Path out = folder.resolve("packed");
        try {
            long start = System.nanoTime();
            Process process = new ProcessBuilder(words)
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return SideResult.unavailable(name, "takes more than two minutes");
            }
            double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
            return process.exitValue() == 0
                    ? SideResult.once(name, millis, OptionalLong.of(Files.size(out)))
                    : SideResult.unavailable(name, command.getFirst() + " ended with " + process.exitValue());
        } catch (IOException e) {
            return SideResult.unavailable(name, command.getFirst() + " is not on this machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SideResult.unavailable(name, "interrupted");
        }
    }
}
