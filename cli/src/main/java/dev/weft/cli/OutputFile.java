package dev.weft.cli;

import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.WriteErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes at the end of its work: whole or not at all, and refused before the work where it cannot be written. */
final class OutputFile {

    private final String subject;
    private final Path path;

    private OutputFile(String subject, Path path) {
        this.subject = subject;
        this.path = path;
    }

    /** @param option that names the file */
    static OutputFile of(String option, Path path) {
        return new OutputFile(option + " " + path, path);
    }

    /**
     * Looks whether it could be written, and writes nothing.
     *
     * @throws dev.weft.graph.UserException if its name is a folder, or lies in no folder
     * @throws dev.weft.graph.MachineException if the system allows no writing there
     */
    void require() {
        WriteErrors.requireWritable(subject, path);
    }

    void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] bytes) {
        require();
        if (Files.exists(path) && !Files.isRegularFile(path)) { // a pipe or a device, which no other file may replace
            try {
                Files.write(path, bytes);
            } catch (IOException e) {
                throw WriteErrors.file(subject, path, e);
            }
            return;
        }
        AtomicFiles.write(subject, path, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }
}
