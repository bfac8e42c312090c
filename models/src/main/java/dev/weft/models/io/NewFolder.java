package dev.weft.models.io;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that is there whole or not at all: filled under another name beside its place, then renamed. */
public final class NewFolder {

    private NewFolder() {}

    /**
     * Checks that {@link #make} would find the place free: absent, or an empty folder.
     *
     * @throws UserException if something is there
     */
    public static void requireFree(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw taken(path, null);
        }
        try (Stream<Path> entries = Files.list(path)) {
            if (entries.findAny().isPresent()) {
                throw taken(path, null);
            }
        } catch (IOException e) {
            throw IoErrors.of("look at", path, e);
        }
    }

    private static UserException taken(Path path, @Nullable Throwable cause) {
        String said = path + ": is there already and stays as it is; choose another name";
        return cause == null ? new UserException(said) : new UserException(said, cause);
    }

    /**
     * Makes a folder.
     *
     * @param content fills the folder that it is given; what it throws leaves nothing behind
     * @throws UserException if something is there already
     */
    public static void make(Path path, Consumer<Path> content) {
        requireFree(path);
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw taken(path, null);
        }
        try {
            Files.createDirectories(parent);
            String name = absolute.getFileName().toString();
            discardLeft(parent, name);
            Path temporary = temporary(parent, name);
            try {
                content.accept(temporary);
                AtomicFiles.force(temporary);
                Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                discard(temporary, e);
                throw e;
            }
            AtomicFiles.force(parent);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw Files.exists(path) ? taken(path, e) : WriteErrors.folder(path.toString(), path, e);
        } catch (AtomicMoveNotSupportedException e) {
            throw IoErrors.of("rename a folder to", path, e);
        } catch (IOException e) {
            throw WriteErrors.folder(path.toString(), path, e);
        }
    }

    /** A name that nobody else has; it says which process works on it. */
    private static Path temporary(Path parent, String name) throws IOException {
        for (int n = 1; ; n++) {
            try {
                return Files.createDirectory(parent.resolve(
                        ".%s.tmp-%d-%d".formatted(name, ProcessHandle.current().pid(), n)));
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
        }
    }

    /** Removes what processes have left that were killed while they made the same folder. */
    private static void discardLeft(Path parent, String name) throws IOException {
        Pattern left = Pattern.compile(Pattern.quote("." + name + ".tmp-") + "(\\d{1,18})-\\d+");
        List<Path> folders;
        try (Stream<Path> files = Files.list(parent)) {
            folders = files.filter(Files::isDirectory).toList();
        }
        for (Path folder : folders) {
            Matcher of = left.matcher(folder.getFileName().toString());
            if (of.matches() && ProcessHandle.of(Long.parseLong(of.group(1))).isEmpty()) {
                IOException problem = new IOException(folder + ": cannot be removed");
                discard(folder, problem);
                if (problem.getSuppressed().length > 0) {
                    throw problem;
                }
            }
        }
    }

    private static void discard(Path folder, Exception why) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException alsoThis) {
            why.addSuppressed(alsoThis);
        }
    }
}
