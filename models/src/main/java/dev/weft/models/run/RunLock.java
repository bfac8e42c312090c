package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The system's lock on a run's {@code LOCK}: gone with the process that held it, however that ended. The file stays, and says
 * which process took it last.
 *
 * <p>POSIX locks belong to the process, and end when it closes <em>any</em> channel of the file. What this process holds is
 * therefore remembered here, so that a second taker within it is told without the file being opened.
 */
final class RunLock implements AutoCloseable {

    static final String NAME = "LOCK";
    /** Longer than asking takes: 50 ms. */
    private static final long ASKING_NANOS = 50_000_000;
    /** The process's own locks, by real path: state of the process, as the locks themselves are. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path place;
    private final FileChannel channel;

    private RunLock(Path place, FileChannel channel) {
        this.place = place;
        this.channel = channel;
    }

    static RunLock take(Path run) {
        Path path = run.resolve(NAME);
        Path place = place(run);
        if (!HELD.add(place)) {
            throw taken(run, Long.toString(ProcessHandle.current().pid()));
        }
        boolean held = false;
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null && !lockedAfterAll(channel)) {
                channel.close();
                throw taken(run, Files.readString(path).strip());
            }
            held = true;
            String process = ProcessHandle.current().pid() + "\n";
            channel.truncate(0).write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
            return new RunLock(place, channel);
        } catch (IOException e) {
            throw IoErrors.of("lock", path, e);
        } finally {
            if (!held) {
                HELD.remove(place);
            }
        }
    }

    /** Somebody may just be asking, see {@link #isHeld}. */
    private static boolean lockedAfterAll(FileChannel channel) throws IOException {
        LockSupport.parkNanos(ASKING_NANOS);
        return channel.tryLock() != null;
    }

    /** Whether a process is writing to the run at this moment. */
    static boolean isHeld(Path run) {
        Path path = run.resolve(NAME);
        if (!Files.exists(path)) {
            return false;
        }
        if (HELD.contains(place(run))) {
            return true;
        }
        // A shared lock asks without keeping other readers from asking.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (IOException unreadable) {
            return false;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return true;
        }
    }

    private static Path place(Path run) {
        try {
            return run.toRealPath();
        } catch (IOException e) {
            throw IoErrors.of("lock", run, e);
        }
    }

    private static UserException taken(Path run, String process) {
        return new UserException(run + ": is being written by process " + process + "; wait for it, or stop it first");
    }

    /** May be called again. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw IoErrors.of("unlock", place.resolve(NAME), e);
        } finally {
            HELD.remove(place);
        }
    }
}
