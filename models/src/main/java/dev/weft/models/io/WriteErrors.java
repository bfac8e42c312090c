package dev.weft.models.io;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why something could not be written, in one form for all that is written: {@code SUBJECT: cannot be written: REASON}. A name that fits
 * nothing (a folder where a file is to be, a file where a folder is) is the user's; what the system refuses is the machine's.
 */
public final class WriteErrors {

    private WriteErrors() {}

    /** @param subject the file as the user named it, where there is one with the option before it */
    public static RuntimeException file(String subject, Path file, IOException cause) {
        return Files.isDirectory(file)
                ? ofUser(subject, "is a folder; name a file", cause)
                : other(subject, file, cause);
    }

    /** A folder, or something in it. */
    public static RuntimeException folder(String subject, Path folder, IOException cause) {
        return Files.exists(folder) && !Files.isDirectory(folder)
                ? ofUser(subject, "is a file; name a folder", cause)
                : other(subject, folder, cause);
    }

    /**
     * For what takes long before it writes.
     *
     * @throws UserException if {@code file} is a folder
     */
    public static void requireNoFolder(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserException(file + ": cannot be written: is a folder; name a file");
        }
    }

    /**
     * As {@link #requireNoFolder}, and that there is a folder for it in which the system allows to write.
     *
     * @throws UserException if {@code file} is a folder or lies in none
     * @throws MachineException if it may not be written
     */
    public static void requireWritable(String subject, Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || parent == null) {
            throw new UserException(subject + ": cannot be written: is a folder; name a file");
        }
        if (!Files.isDirectory(parent)) {
            throw other(subject, file, new NoSuchFileException(file.toString()));
        }
        boolean allowed = Files.exists(file) ? Files.isWritable(file) : Files.isWritable(parent);
        if (!allowed) {
            throw other(subject, file, new AccessDeniedException(file.toString()));
        }
    }

    private static RuntimeException other(String subject, Path place, IOException cause) {
        Optional<Path> file = fileAbove(place);
        if (file.isPresent()) {
            return ofUser(subject, file.get() + " in its path is no folder; choose another place", cause);
        }
        Path parent = place.toAbsolutePath().getParent();
        return switch (cause) {
            case NoSuchFileException missing
            when parent != null && !Files.isDirectory(parent) ->
                ofUser(subject, "there is no folder " + place.getParent() + "; make it first", cause);
            case FileAlreadyExistsException taken -> ofUser(subject, "is there already; choose another name", cause);
            case AccessDeniedException denied -> ofMachine(subject, "permission denied; choose another place", cause);
            case FileSystemException said
            when said.getReason() != null -> ofMachine(subject, plain(said.getReason()), cause);
            default -> ofMachine(subject, plain(String.valueOf(cause.getMessage())), cause);
        };
    }

    private static Optional<Path> fileAbove(Path place) {
        for (Path above = place.getParent(); above != null; above = above.getParent()) {
            if (Files.exists(above)) {
                return Files.isDirectory(above) ? Optional.empty() : Optional.of(above);
            }
        }
        return Optional.empty();
    }

    private static String plain(String reason) {
        return switch (reason) {
            case "No space left on device" -> "the disk is full; free some space or choose another place";
            case "Read-only file system" -> "the file system is read-only; choose another place";
            default -> reason;
        };
    }

    private static UserException ofUser(String subject, String reason, IOException cause) {
        return new UserException(subject + ": cannot be written: " + reason, cause);
    }

    private static MachineException ofMachine(String subject, String reason, IOException cause) {
        return new MachineException(subject + ": cannot be written: " + reason, cause);
    }
}
