package dev.weft.models.io;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns an {@link IOException} into the failure it is for the person at the keyboard. */
public final class IoErrors {

    private IoErrors() {}

    /** What went wrong with {@code path} while {@code action} ("read", "list"): a wrong path is the user's, the rest the machine's. */
    public static RuntimeException of(String action, Path path, IOException cause) {
        return of(action, path.toString(), path, cause);
    }

    /** @param subject the path as the user named it, with the option before it */
    public static RuntimeException of(String action, String subject, Path path, IOException cause) {
        return switch (cause) {
            case CharacterCodingException notText ->
                new UserException(subject + ": must be UTF-8 text, and is not", cause);
            case NoSuchFileException missing -> ofUser(action, subject, path, missing, "there is no such file");
            case FileAlreadyExistsException exists -> ofUser(action, subject, path, exists, "is already there");
            case AccessDeniedException denied -> ofUser(action, subject, path, denied, "permission denied");
            case NotDirectoryException file -> ofUser(action, subject, path, file, "is not a folder");
            case FileSystemException other ->
                new MachineException(subject + ": cannot " + action + " it: " + reason(other), cause);
            default ->
                Files.isDirectory(path)
                        ? new UserException(subject + ": is a folder; name a file", cause)
                        : new MachineException(subject + ": cannot " + action + " it: " + cause.getMessage(), cause);
        };
    }

    /** Names the file that is at fault, and besides it {@code path} only where that is another. */
    private static UserException ofUser(
            String action, String subject, Path path, FileSystemException cause, String problem) {
        String said = path.toString().equals(cause.getFile())
                ? subject + ": " + problem
                : cause.getFile() + ": " + problem + "; cannot " + action + " " + subject;
        return new UserException(said, cause);
    }

    private static String reason(FileSystemException exception) {
        String reason = exception.getReason();
        return reason == null ? exception.getMessage() : reason;
    }
}
