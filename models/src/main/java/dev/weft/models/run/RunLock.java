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
import org.jspecify.annotations.Nullable;

/**
 * The system's lock on a run's {@code LOCK}: gone with the process that held it, however that ended. The file stays, and says
 * which process took it last.
 */
final class RunLock implements AutoCloseable {

    private static final String NAME = "LOCK";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    static RunLock take(Path run) {
        Path path = run.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new UserException(run + ": is being written by process "
                        + Files.readString(path).strip() + "; wait for it, or stop it first");
            }
            String process = ProcessHandle.current().pid() + "\n";
            channel.truncate(0).write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
            return new RunLock(channel);
        } catch (IOException e) {
            throw IoErrors.of("lock", path, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw IoErrors.of("unlock", Path.of(NAME), e);
        }
    }
}
