package dev.weft.models.io;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns an {@link IOException} into the failure it is for the person at the keyboard. */
public final class IoErrors {

    private IoErrors() {}

    /** What went wrong with {@code path} while {@code action} ("read", "write"): a wrong path is the user's, the rest the machine's. */
    public static RuntimeException of(String action, Path path, IOException cause) {
        return switch (cause) {
            case CharacterCodingException notText ->
                new UserException(path + ": must be UTF-8 text, and is not", cause);
            case NoSuchFileException missing ->
                new UserException(missing.getFile() + ": there is no such file; cannot " + action + " " + path, cause);
            case FileAlreadyExistsException exists ->
                new UserException(exists.getFile() + ": is already there; cannot " + action + " " + path, cause);
            case AccessDeniedException denied ->
                new UserException(denied.getFile() + ": permission denied; cannot " + action + " " + path, cause);
            case NotDirectoryException file ->
                new UserException(file.getFile() + ": is not a folder; cannot " + action + " " + path, cause);
            case FileSystemException other ->
                new MachineException(path + ": cannot " + action + " it: " + reason(other), cause);
            default -> new MachineException(path + ": cannot " + action + " it: " + cause.getMessage(), cause);
        };
    }

    private static String reason(FileSystemException exception) {
        String reason = exception.getReason();
        return reason == null ? exception.getMessage() : reason;
    }
}
