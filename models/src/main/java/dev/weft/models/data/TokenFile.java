package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.WriteErrors;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of tokens that is written as they come: a {@code .safetensors} file with {@code tokens: i32[n]} and maybe
 * {@code weights: f32[n]}, whose metadata say what it is made of and what its bytes add up to. It appears under its name when it is
 * whole. What is not whole is told when it is opened, and never trusted.
 */
final class TokenFile implements TokenSink, AutoCloseable {

    private static final String TOKENS = "tokens";
    private static final String WEIGHTS = "weights";
    /** Bytes before the first token: the header, filled up with spaces. */
    private static final int START = 1024;

    private final Path place;
    private final Path temporary;
    private final FileChannel channel;
    /** Weights come with the tokens, and go behind them. */
    private final FileChannel weights;

    private final ByteBuffer ids = buffer();
    private final ByteBuffer floats = buffer();
    private long count;
    private long training = -1;
    private boolean weighted;

    private TokenFile(Path place, Path temporary, FileChannel channel, FileChannel weights) {
        this.place = place;
        this.temporary = temporary;
        this.channel = channel;
        this.weights = weights;
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Begins a file that will be {@code place}; any number of processes may do so at a time. */
    static TokenFile create(Path place) {
        try {
            Path folder = place.getParent();
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, ".tokens-", ".tmp");
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.READ);
            channel.position(START);
            FileChannel weights = FileChannel.open(
                    Files.createTempFile(folder, ".weights-", ".tmp"),
                    StandardOpenOption.WRITE,
                    StandardOpenOption.READ,
                    StandardOpenOption.DELETE_ON_CLOSE);
            return new TokenFile(place, temporary, channel, weights);
        } catch (IOException e) {
            throw WriteErrors.file(place.toString(), place, e);
        }
    }

    @Override
    public void accept(int[] more, float @Nullable [] theirs) {
        try {
            if (theirs != null && !weighted) {
                weighted = true;
                for (long i = 0; i < count; i++) {
                    put(1f);
                }
            }
            for (int i = 0; i < more.length; i++) {
                if (!ids.hasRemaining()) {
                    drain(ids, channel);
                }
                ids.putInt(more[i]);
                if (weighted) {
                    put(theirs == null ? 1f : theirs[i]);
                }
            }
            count += more.length;
        } catch (IOException e) {
            throw WriteErrors.file(place.toString(), place, e);
        }
    }

    private void put(float weight) throws IOException {
        if (!floats.hasRemaining()) {
            drain(floats, weights);
        }
        floats.putFloat(weight);
    }

    private static void drain(ByteBuffer buffer, FileChannel to) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void validation() {
        training = count;
    }

    long training() {
        return training;
    }

    long count() {
        return count;
    }

    /**
     * Gives it its name.
     *
     * @param key what it is made of
     * @param trainingTokens how many of the tokens are for training
     */
    void finish(String key, long trainingTokens) {
        try {
            drain(ids, channel);
            if (weighted) {
                drain(floats, weights);
                long copied = 0;
                while (copied < weights.size()) {
                    copied += weights.transferTo(copied, weights.size() - copied, channel);
                }
            }
            String checksum = checksum(channel, key, trainingTokens);
            channel.write(ByteBuffer.wrap(header(key, trainingTokens, checksum)), 0);
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw WriteErrors.file(place.toString(), place, e);
        }
    }

    private byte[] header(String key, long trainingTokens, String checksum) {
        long end = count * Integer.BYTES;
        String tensors =
                "\"%s\":{\"dtype\":\"I32\",\"shape\":[%d],\"data_offsets\":[0,%d]}".formatted(TOKENS, count, end);
        if (weighted) {
            tensors += ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
                    .formatted(WEIGHTS, count, end, 2 * end);
        }
        byte[] json = "{\"__metadata__\":{\"key\":\"%s\",\"training\":\"%d\",\"checksum\":\"%s\"},%s}"
                .formatted(key, trainingTokens, checksum, tensors)
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer header = ByteBuffer.allocate(START).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(START - Long.BYTES).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.array();
    }

    private static String checksum(FileChannel file, String key, long trainingTokens) throws IOException {
        CRC32C crc = begin(key, trainingTokens);
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 18);
        long at = START;
        for (int got = file.read(piece, at); got >= 0; got = file.read(piece, at)) {
            at += got;
            crc.update(piece.flip());
            piece.clear();
        }
        return Long.toHexString(crc.getValue());
    }

    private static CRC32C begin(String key, long trainingTokens) {
        CRC32C crc = new CRC32C();
        crc.update((key + " " + trainingTokens).getBytes(StandardCharsets.US_ASCII));
        return crc;
    }

    private static String checksum(MemorySegment data, CRC32C crc) {
        long piece = 1 << 24;
        for (long at = 0; at < data.byteSize(); at += piece) {
            crc.update(data.asSlice(at, Math.min(piece, data.byteSize() - at)).asByteBuffer());
        }
        return Long.toHexString(crc.getValue());
    }

    /** Removes what was not finished. */
    @Override
    public void close() {
        try (channel;
                weights) {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a file says about its tokens.
     *
     * @param training how many of the tokens are for training
     * @param file to be closed when they are no longer needed
     */
    record Opened(Tokens tokens, long training, SafeTensors file) {}

    /**
     * Opens a finished file.
     *
     * @throws UserException if it is not what {@code key} says, or not what was written
     */
    static Opened open(Path place, String key) {
        SafeTensors file = SafeTensors.open(place);
        boolean good = false;
        try {
            Opened opened = check(file, key);
            good = true;
            return opened;
        } finally {
            if (!good) {
                file.close();
            }
        }
    }

    private static Opened check(SafeTensors file, String key) {
        Map<String, String> metadata = file.metadata();
        Tensor tokens = file.tensor(TOKENS);
        Tensor weights = file.types().containsKey(WEIGHTS) ? file.tensor(WEIGHTS) : null;
        long count = tokens.type().shape().elements();
        String training = metadata.getOrDefault("training", "");
        boolean fits = tokens.type().equals(TensorType.of(ElementType.I32, count))
                && (weights == null || weights.type().equals(TensorType.of(ElementType.F32, count)))
                && key.equals(metadata.get("key"))
                && training.matches("[0-9]{1,18}")
                && Long.parseLong(training) <= count;
        if (!fits) {
            throw new UserException(file.path() + ": does not hold the tokens of " + key);
        }
        CRC32C crc = begin(key, Long.parseLong(training));
        String checksum = checksum(tokens.data(), crc);
        if (weights != null) {
            checksum = checksum(weights.data(), crc);
        }
        if (!checksum.equals(metadata.get("checksum"))) {
            throw new UserException(file.path() + ": is damaged; its bytes are not those that were written");
        }
        return new Opened(
                new Tokens(tokens.data(), weights == null ? null : weights.data()), Long.parseLong(training), file);
    }
}
