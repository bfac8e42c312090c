package dev.weft.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** What somebody needs to know who looks for a defect of Weft: versions, the command, the stack trace. */
final class DefectReport {

    private DefectReport() {}

    /** Writes a report into a folder, or where that cannot be, into the one for temporary files. */
    static Path write(Throwable failure, List<String> arguments, Path folder) {
        String name =
                "weft-defect-" + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now());
        String text = text(failure, arguments);
        try {
            return create(folder, name, text);
        } catch (IOException e) {
            return writeElsewhere(name, text, failure);
        }
    }

    /** A file that was not there: several commands may fail in one second. */
    private static Path create(Path folder, String name, String text) throws IOException {
        for (int turn = 1; ; turn++) {
            Path file = folder.resolve(turn == 1 ? name + ".txt" : name + "-" + turn + ".txt");
            try {
                return Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
        }
    }

    private static Path writeElsewhere(String name, String text, Throwable failure) {
        try {
            return create(Path.of(System.getProperty("java.io.tmpdir")), name, text);
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw new IllegalStateException("report: cannot be written anywhere", failure);
        }
    }

    private static String text(Throwable failure, List<String> arguments) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));
        return """
                command  weft %s
                weft     %s
                java     %s (%s)
                system   %s %s, %s, %d processors, %d MiB of heap

                %s""".formatted(
                        String.join(" ", arguments),
                        Version.TEXT,
                        System.getProperty("java.version"),
                        System.getProperty("java.vendor"),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.getRuntime().maxMemory() >> 20,
                        trace);
    }
}
