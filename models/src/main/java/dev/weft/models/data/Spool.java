package dev.weft.models.data;

import dev.weft.models.io.IoErrors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A stream that can be read once, made into one that can be read again: in memory, or from a file that nobody sees. */
final class Spool {

    /** What is kept in memory, in bytes. */
    private static final int SMALL = 1 << 24;

    private Spool() {}

    static Item.Opener of(InputStream stream, String origin) {
        try {
            byte[] head = stream.readNBytes(SMALL);
            if (head.length < SMALL) {
                return () -> new ByteArrayInputStream(head);
            }
            return file(head, stream);
        } catch (IOException e) {
            throw IoErrors.of("read", Path.of(origin), e);
        }
    }

    /** The file is gone with the last stream, or with the process however that ends. */
    private static Item.Opener file(byte[] head, InputStream rest) throws IOException {
        Path path = Files.createTempFile("weft-", ".data");
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        write(channel, ByteBuffer.wrap(head));
        byte[] piece = new byte[1 << 16];
        for (int got = rest.read(piece); got >= 0; got = rest.read(piece)) {
            write(channel, ByteBuffer.wrap(piece, 0, got));
        }
        return () -> new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int got = length == 0 ? 0 : channel.read(ByteBuffer.wrap(to, offset, length), position);
                position += Math.max(0, got);
                return got;
            }
        };
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
