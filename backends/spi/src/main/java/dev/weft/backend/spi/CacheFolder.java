package dev.weft.backend.spi;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where Weft keeps what it can make again: {@code WEFT_CACHE_DIR}, else {@code weft} in the user's cache folder
 * ({@code XDG_CACHE_HOME}, {@code ~/.cache}), else a folder below the temporary one.
 *
 * <p>What is kept there may be code. So a folder is taken only if it belongs to the user who runs Weft and nobody else may
 * write to it.
 */
public final class CacheFolder {
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private CacheFolder() {}

    /**
     * The folder, made if it is not there.
     *
     * @throws MachineException if none can be used; says which were tried, and what is wrong with each
     */
    public static Path find() {
        return find(
                System.getenv(), System.getProperty("user.home", ""), Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * The folder; or where it cannot be written, such as a {@code WEFT_CACHE_DIR} that is read-only, one below the temporary folder: for
     * what a process cannot do without.
     *
     * @throws MachineException if there is neither
     */
    public static Path findOrTemporary() {
        try {
            return find();
        } catch (MachineException unusable) {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"))
                    .toAbsolutePath()
                    .resolve("weft-cache-" + userName());
            if (whyNot(temporary).isPresent()) {
                throw unusable;
            }
            return temporary;
        }
    }

    /** As {@link #find()}, for an environment, Java's idea of the home folder and a temporary folder. */
    static Path find(Map<String, String> environment, String userHome, Path temporary) {
        String chosen = environment.getOrDefault("WEFT_CACHE_DIR", "");
        List<Path> candidates = chosen.isEmpty()
                ? usual(environment, userHome, temporary)
                : List.of(path(chosen).toAbsolutePath());
        List<String> tried = new ArrayList<>();
        for (Path candidate : candidates) {
            Optional<String> wrong = whyNot(candidate);
            if (wrong.isEmpty()) {
                return candidate;
            }
            tried.add(candidate + " (" + wrong.get() + ")");
        }
        throw new MachineException("cache: a folder is needed that belongs to you and that nobody else may write to; "
                + (chosen.isEmpty() ? "tried " : "WEFT_CACHE_DIR is ") + String.join(", ", tried)
                + "; set WEFT_CACHE_DIR to one with 300 MB of room");
    }

    private static List<Path> usual(Map<String, String> environment, String userHome, Path temporary) {
        List<Path> folders = new ArrayList<>();
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        String home = environment.getOrDefault("HOME", userHome);
        // Where the system does not know the user, Java's home folder is a question mark.
        if (!xdg.isEmpty() && path(xdg).isAbsolute()) {
            folders.add(path(xdg).resolve("weft"));
        } else if (!home.isEmpty() && path(home).isAbsolute()) {
            folders.add(path(home).resolve(".cache").resolve("weft"));
        }
        folders.add(temporary.toAbsolutePath().resolve("weft-cache-" + userName()));
        return folders;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new MachineException("cache: the environment names a folder that is no path: " + e.getMessage(), e);
        }
    }

    /** A user's name as part of a file name. */
    private static String userName() {
        return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    /** What keeps {@code folder} from being used; makes it if it is not there. */
    private static Optional<String> whyNot(Path folder) {
        try {
            Files.createDirectories(folder, onlyForTheUser(folder));
            // Unlike that of a temporary file, the name need not be one that nobody guesses.
            Path mine = Files.createFile(
                    folder.resolve("mine" + ProcessHandle.current().pid() + "-" + System.nanoTime()));
            try {
                return ownership(folder, mine);
            } finally {
                Files.delete(mine);
            }
        } catch (IOException e) {
            String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
            return Optional.of(
                    "cannot be written: " + (reason == null ? e.getClass().getSimpleName() : reason));
        }
    }

    private static Optional<String> ownership(Path folder, Path mine) throws IOException {
        if (!isPosix(folder)) {
            return Optional.empty();
        }
        if (!Files.getOwner(folder).equals(Files.getOwner(mine, LinkOption.NOFOLLOW_LINKS))) {
            return Optional.of("belongs to " + Files.getOwner(folder).getName());
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        return permissions.stream().anyMatch(OTHERS_WRITE::contains)
                ? Optional.of("others may write to it: " + PosixFilePermissions.toString(permissions))
                : Optional.empty();
    }

    private static FileAttribute<?>[] onlyForTheUser(Path folder) {
        return isPosix(folder)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path folder) {
        return folder.getFileSystem().equals(FileSystems.getDefault())
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
