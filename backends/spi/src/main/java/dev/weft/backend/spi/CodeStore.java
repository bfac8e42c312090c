package dev.weft.backend.spi;

import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What compiling made, kept in files from one process to the next: {@code KIND/KEY} below {@code code} in the {@link CacheFolder}.
 * A key says all that the content depends on, so content is never stale and never replaced by other content.
 *
 * <p>Content is code. It is read only from files that belong to the user and that nobody else may write to, and only if its checksum
 * is right; anything else is as if it were not there. Nothing here fails: a folder that is read-only, full or damaged makes compiling
 * slower, and {@link #problem} says why. Files appear whole, by renaming, so any number of processes may share a folder. Safe for many
 * threads.
 */
public final class CodeStore {

    /** Bytes that are kept; those that were used least recently go first. */
    public static final long LIMIT_BYTES = 256L << 20;

    private static final byte[] MAGIC = {'W', 'E', 'F', 'T', 'C', 'O', 'D', 'E'};
    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = MAGIC.length + 2 * Integer.BYTES + Long.BYTES;
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    /** As much may be written without counting what is there. */
    private static final long LITTLE_BYTES = 64 << 10;

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private final @Nullable Path folder;
    private final long limitBytes;
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>();

    /** Bytes in the folder; negative while nobody has counted them. */
    private final AtomicLong bytes = new AtomicLong(-1);

    /** Written before anything was counted. */
    private long uncounted;

    private CodeStore(@Nullable Path folder, long limitBytes) {
        this.folder = folder;
        this.limitBytes = limitBytes;
    }

    /** The store in the user's cache folder; one that keeps nothing if there is none, with its {@link #problem}. */
    public static CodeStore open() {
        try {
            return in(CacheFolder.find(), LIMIT_BYTES);
        } catch (MachineException none) {
            CodeStore nothing = none();
            nothing.problem.set(none.getMessage());
            return nothing;
        }
    }

    /** The store below a folder that is the user's own. */
    public static CodeStore in(Path cacheFolder, long limitBytes) {
        return new CodeStore(cacheFolder.resolve("code"), limitBytes);
    }

    /** A store that keeps nothing. */
    public static CodeStore none() {
        return new CodeStore(null, 0);
    }

    /** Where files are; empty for one that keeps nothing. */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    /** What went wrong last, as a sentence; empty while all is well. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem.get());
    }

    /**
     * One file.
     *
     * @param bytes on disk
     * @param used when it was last read or written
     */
    public record Item(String kind, String key, long bytes, FileTime used) {}

    /** What is kept under a key. */
    public Optional<byte[]> read(String kind, String key) {
        if (folder == null) {
            return Optional.empty();
        }
        Path file = file(folder, kind, key);
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            String unsafe = unsafe(file);
            if (unsafe != null) {
                problem.set(file + ": is not used: " + unsafe);
                return Optional.empty();
            }
            Optional<byte[]> content = content(channel);
            if (content.isEmpty()) {
                problem.set(file + ": is damaged or of another version; it is made again");
                Files.deleteIfExists(file);
            } else {
                touch(file);
            }
            return content;
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException failure) {
            problem.set(file + ": cannot be read: " + failure.getMessage());
            return Optional.empty();
        }
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException readOnly) {
            // Then it is only forgotten sooner.
        }
    }

    /** Why a file must not be trusted; null if it may be. */
    private static @Nullable String unsafe(Path file) throws IOException {
        if (!POSIX) {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? null : "it is no file";
        }
        PosixFileAttributes is = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!is.isRegularFile()) {
            return "it is no file";
        }
        // Above it is the cache folder, which was found to be the user's own.
        Path kind = file.getParent();
        if (!is.owner().equals(Files.getOwner(kind.getParent().getParent()))) {
            return "it belongs to " + is.owner().getName();
        }
        if (is.permissions().stream().anyMatch(OTHERS_WRITE::contains)) {
            return "others may write to it: " + PosixFilePermissions.toString(is.permissions());
        }
        return null;
    }

    private static Optional<byte[]> content(SeekableByteChannel channel) throws IOException {
        long size = channel.size();
        if (size < HEADER_BYTES || size > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        byte[] content = new byte[(int) size - HEADER_BYTES];
        if (!fill(header, channel) || !fill(ByteBuffer.wrap(content), channel)) {
            return Optional.empty();
        }
        header.flip();
        byte[] magic = new byte[MAGIC.length];
        header.get(magic);
        int format = header.getInt();
        int checksum = header.getInt();
        long length = header.getLong();
        if (!Arrays.equals(magic, MAGIC) || format != FORMAT || length != content.length) {
            return Optional.empty();
        }
        return checksum(content) == checksum ? Optional.of(content) : Optional.empty();
    }

    private static boolean fill(ByteBuffer buffer, SeekableByteChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int checksum(byte[] content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return (int) sum.getValue();
    }

    /** Keeps content under a key, if it can. */
    public void write(String kind, String key, byte[] content) {
        if (folder == null) {
            return;
        }
        Path file = file(folder, kind, key);
        try {
            makeFolder(file.getParent());
            Path fresh = Files.createTempFile(file.getParent(), ".new", "");
            try {
                ByteBuffer all = ByteBuffer.allocate(HEADER_BYTES + content.length);
                all.put(MAGIC)
                        .putInt(FORMAT)
                        .putInt(checksum(content))
                        .putLong(content.length)
                        .put(content);
                Files.write(fresh, all.array());
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
            makeRoom(HEADER_BYTES + content.length);
        } catch (IOException | UnsupportedOperationException failure) {
            problem.set(file + ": cannot be written: " + failure.getMessage());
        }
    }

    private static void makeFolder(Path kind) throws IOException {
        if (Files.isDirectory(kind)) {
            return;
        }
        if (POSIX) {
            Files.createDirectories(
                    kind, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(kind);
        }
    }

    /**
     * To count what is there takes long where thousands of files are: a process that only leaves a note does not. Where more is kept than
     * the limit, forgets what was used least recently until a quarter is free.
     */
    private synchronized void makeRoom(long added) {
        uncounted += added;
        if (bytes.get() < 0 && uncounted < Math.min(LITTLE_BYTES, limitBytes / 4)) {
            return;
        }
        if (bytes.get() < 0) {
            bytes.set(items().stream().mapToLong(Item::bytes).sum());
        } else {
            bytes.addAndGet(added);
        }
        if (bytes.get() <= limitBytes) {
            return;
        }
        List<Item> items = new ArrayList<>(items());
        items.sort(Comparator.comparing(Item::used));
        long total = items.stream().mapToLong(Item::bytes).sum();
        for (Item item : items) {
            if (total <= limitBytes / 4 * 3) {
                break;
            }
            forget(item);
            total -= item.bytes();
        }
        bytes.set(total);
    }

    private void forget(Item item) {
        if (folder == null) {
            return;
        }
        Path file = file(folder, item.kind(), item.key());
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            problem.set(file + ": cannot be deleted: " + failure.getMessage());
        }
    }

    /** All that is kept, by kind and key. */
    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        if (folder == null || !Files.isDirectory(folder)) {
            return items;
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.sorted().toList()) {
                if (file.getNameCount() == folder.getNameCount() + 2) {
                    item(file).ifPresent(items::add);
                }
            }
        } catch (IOException | java.io.UncheckedIOException failure) {
            problem.set(folder + ": cannot be listed: " + failure.getMessage());
        }
        return items;
    }

    private static Optional<Item> item(Path file) {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return is.isRegularFile()
                    ? Optional.of(new Item(
                            String.valueOf(file.getParent().getFileName()),
                            String.valueOf(file.getFileName()),
                            is.size(),
                            is.lastModifiedTime()))
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Forgets everything. */
    public void clear() {
        items().forEach(this::forget);
        bytes.set(-1);
    }

    private static Path file(Path folder, String kind, String key) {
        if (!kind.matches("[a-z]+") || !key.matches("[.a-z0-9_-]+")) {
            throw new IllegalArgumentException("cache: not a kind and a key: " + kind + ", " + key);
        }
        return folder.resolve(kind).resolve(key);
    }
}
