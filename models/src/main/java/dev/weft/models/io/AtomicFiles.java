package dev.weft.models.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Files that are there whole or not at all: written beside their place, forced to the disk, renamed, and the folder forced
 * too. A crash at any moment leaves the old file or the new one.
 */
public final class AtomicFiles {

    /** Writes a file's content to a channel that stands at its start. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private AtomicFiles() {}

    public static void write(Path path, Content content) {
        write(path.toString(), path, content);
    }

    /** @param subject the file as the user named it, for messages */
    public static void write(String subject, Path path, Content content) {
        Path absolute = path.toAbsolutePath();
        Path folder = absolute.getParent();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + ".tmp");
        try {
            Files.createDirectories(folder);
            try {
                writeAndForce(temporary, content);
                Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | RuntimeException e) {
                // On a full disk its space is what is missing.
                discard(temporary, e);
                throw e;
            }
            force(folder);
        } catch (IOException e) {
            throw WriteErrors.file(subject, path, e);
        }
    }

    public static void writeString(Path path, String text) {
        writeString(path.toString(), path, text);
    }

    /** @param subject the file as the user named it, for messages */
    public static void writeString(String subject, Path path, String text) {
        write(subject, path, channel -> {
            var bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    private static void discard(Path temporary, Exception why) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException alsoThis) {
            why.addSuppressed(alsoThis);
        }
    }

    private static void writeAndForce(Path path, Content content) throws IOException {
        var options = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(path, options)) {
            content.writeTo(channel);
            channel.force(true);
        }
    }

    /** Makes a folder's entries durable; systems that cannot open a folder as a file make renames durable themselves. */
    public static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            if (Files.isReadable(folder)) {
                return;
            }
            throw e;
        }
    }
}
