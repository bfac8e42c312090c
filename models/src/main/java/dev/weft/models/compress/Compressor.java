package dev.weft.models.compress;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.Hashes;
import dev.weft.models.io.IoErrors;
import dev.weft.models.score.Lanes;
import dev.weft.models.tensorfile.Fingerprint;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses bytes with a model, and restores them with the same one. What a model computes must have the same bits both times: the same
 * build of Weft, backend, precision and instruction-set level; any number of threads. One thread at a time.
 */
public final class Compressor implements AutoCloseable {

    /** Tokens that are worth a lane of their own: each begins without a context, which costs some ten bytes. */
    private static final int TOKENS_A_LANE = 8192;

    private static final int MOST_LANES = 64;

    private final Weft weft;
    private final LoadedModel model;
    private final Tokenizer tokenizer;
    private final byte[] identity;
    private final LongConsumer progress;
    /** Those of the last call, for the next one of as many. */
    private @Nullable Lanes lanes;

    /**
     * @param progress is told now and then how many tokens are done
     * @throws UserException if the model has no tokenizer, or takes no text
     */
    public Compressor(Weft weft, LoadedModel model, LongConsumer progress) {
        this.weft = weft;
        this.model = model;
        this.tokenizer = model.tokenizer();
        this.progress = progress;
        String parts = String.join(
                "\n",
                model.program().sources().toString(),
                model.program().boundConstants().toString(),
                tokenizer.fingerprint(),
                Fingerprint.of(model.parameters()));
        this.identity = Container.hash(parts.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Compresses.
     *
     * @param data any bytes
     * @param lanes texts that are read side by side, at least 1: more are faster and take a little more room; empty for as many as the
     *     text is worth
     */
    public Compression compress(byte[] data, OptionalInt lanes) {
        List<Pieces.Piece> pieces = Pieces.of(tokenizer, data);
        byte[] rest = rest(data, pieces);
        int[] tokens = tokens(pieces);
        int count = lanes.orElse(Math.clamp(tokens.length / TOKENS_A_LANE, 1, MOST_LANES));
        Coded coded = tokens.length == 0 ? new Coded(new byte[0], 0) : encode(tokens, count);
        byte[] whole = Deflate.of(data);
        byte[] deflated = Deflate.of(rest);
        if (coded.code.length + deflated.length >= whole.length && tokens.length > 0) {
            // The model does worse than a dictionary: nothing of it is used.
            Container plain = container(data, 1, List.of(new Container.Piece(0, data.length)), whole, new byte[0]);
            return new Compression(plain.toBytes(), data.length, 0, data.length, 0, 0);
        }
        List<Container.Piece> kept = pieces.stream()
                .map(piece -> new Container.Piece(piece.tokens().length, piece.isText() ? 0 : piece.length()))
                .toList();
        byte[] file = container(data, count, kept, deflated, coded.code).toBytes();
        return new Compression(file, data.length, tokens.length, rest.length, coded.code.length, coded.idealBits);
    }

    private Container container(byte[] data, int lanes, List<Container.Piece> pieces, byte[] deflated, byte[] code) {
        return new Container(
                data.length,
                Container.hash(data),
                identity,
                model.program().name(),
                weft.arithmetic(),
                lanes,
                pieces,
                deflated,
                code);
    }

    /**
     * Compresses a file into another, which is written whole or not at all.
     *
     * @throws UserException if {@code in} cannot be read
     */
    public Compression compress(Path in, Path out, OptionalInt lanes) {
        Compression compression = compress(read(in), lanes);
        write(out, compression.file());
        return compression;
    }

    /**
     * Restores a file from another, which is written whole or not at all.
     *
     * @return bytes of what was restored
     */
    public long decompress(Path in, Path out) {
        byte[] data = decompress(read(in), in.toString());
        write(out, data);
        return data.length;
    }

    private static byte[] read(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserException(file + ": is a folder; pack it into one file first");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        AtomicFiles.write(file, channel -> {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        });
    }

    /** @param idealBits the sum of {@code -log2 p} */
    private record Coded(byte[] code, double idealBits) {}

    private static byte[] rest(byte[] data, List<Pieces.Piece> pieces) {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        int at = 0;
        for (Pieces.Piece piece : pieces) {
            if (!piece.isText()) {
                rest.write(data, at, piece.length());
            }
            at += piece.length();
        }
        return rest.toByteArray();
    }

    private static int[] tokens(List<Pieces.Piece> pieces) {
        return pieces.stream()
                .flatMapToInt(piece -> Arrays.stream(piece.tokens()))
                .toArray();
    }

    private Coded encode(int[] tokens, int count) {
        RangeEncoder encoder = new RangeEncoder();
        double[] bits = {0};
        walk(count, tokens.length, (frequencies, at) -> {
            int token = tokens[at];
            encoder.encode(frequencies.before(token), frequencies.frequency(token), frequencies.total());
            bits[0] += frequencies.bits(token);
            return token;
        });
        return new Coded(encoder.finish(), bits[0]);
    }

    private int[] decode(byte[] code, int count, int length) {
        RangeDecoder decoder = new RangeDecoder(code);
        int[] tokens = new int[length];
        walk(count, length, (frequencies, at) -> {
            int token = frequencies.find(decoder.target(frequencies.total()));
            decoder.take(frequencies.before(token), frequencies.frequency(token));
            tokens[at] = token;
            return token;
        });
        return tokens;
    }

    /** Codes one token or takes one from a code. */
    @FunctionalInterface
    private interface Step {
        /** @return the token at place {@code at} */
        int token(Frequencies frequencies, int at);
    }

    /** Goes through all tokens: the first of each lane, then the second of each, and so on. */
    private void walk(int count, int length, Step step) {
        Lanes side = lanes(count);
        Frequencies frequencies = new Frequencies(side.vocabulary());
        int[] last = new int[count];
        Arrays.fill(last, Tokenizers.beginning(tokenizer));
        int longest = (length + count - 1) / count;
        long done = 0;
        for (int i = 0; i < longest; i++) {
            float[] logits = side.next(last);
            for (int lane = 0; lane < count; lane++) {
                int at = start(lane, count, length) + i;
                if (at < start(lane + 1, count, length)) {
                    frequencies.set(logits, lane * side.vocabulary());
                    last[lane] = step.token(frequencies, at);
                    done++;
                }
            }
            progress.accept(done);
        }
    }

    private Lanes lanes(int count) {
        Lanes open = lanes;
        if (open != null && open.count() == count) {
            open.reset();
            return open;
        }
        close();
        open = Lanes.open(weft, model.program(), model.parameters(), count);
        lanes = open;
        requireVocabulary(open.vocabulary());
        return open;
    }

    @Override
    public void close() {
        if (lanes != null) {
            lanes.close();
            lanes = null;
        }
    }

    /** The first place of a lane. */
    private static int start(int lane, int count, int length) {
        return Math.toIntExact((long) length * lane / count);
    }

    private void requireVocabulary(int vocabulary) {
        if (tokenizer.vocabularySize() > vocabulary) {
            throw new UserException("%s: its tokenizer has %d tokens, and its program tells %d apart"
                    .formatted(model.path(), tokenizer.vocabularySize(), vocabulary));
        }
    }

    /**
     * Restores.
     *
     * @param file what {@link #compress} gave
     * @param subject what messages call it
     * @throws UserException if it is no such file, was cut or altered, or is of another model
     * @throws MachineException if something else computed it
     */
    public byte[] decompress(byte[] file, String subject) {
        Container container = Container.parse(file, subject);
        if (!Arrays.equals(container.model(), identity)) {
            throw new UserException("%s: was compressed with another model (%s, %s) than %s (%s, %s)"
                    .formatted(
                            subject,
                            container.name(),
                            brief(container.model()),
                            model.path(),
                            model.program().name(),
                            brief(identity)));
        }
        if (container.code().length > 0 && !container.arithmetic().equals(weft.arithmetic())) {
            throw new MachineException(
                    "%s: was computed by %s, and this is %s: other bits would come out; see docs/determinism.md"
                            .formatted(subject, container.arithmetic(), weft.arithmetic()));
        }
        byte[] data = restored(container, subject);
        if (data.length != container.length() || !Arrays.equals(Container.hash(data), container.hash())) {
            throw new MachineException(
                    subject
                            + ": other bytes came out than went in, so nothing is written; it was made by another build of Weft");
        }
        return data;
    }

    private static String brief(byte[] hash) {
        return Hashes.hex(hash).substring(0, 8);
    }

    private byte[] restored(Container container, String subject) {
        long length =
                container.pieces().stream().mapToLong(Container.Piece::tokens).sum();
        int[] tokens = length == 0 ? new int[0] : decode(container.code(), container.lanes(), Math.toIntExact(length));
        byte[] rest = Deflate.inflate(container.deflated(), subject);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int nextToken = 0;
        int nextByte = 0;
        for (Container.Piece piece : container.pieces()) {
            for (int i = 0; i < piece.tokens(); i++) {
                out.writeBytes(spelled(tokens[nextToken++]));
            }
            int end = Math.min(rest.length, nextByte + piece.bytes());
            out.write(rest, nextByte, end - nextByte);
            nextByte = end;
        }
        return out.toByteArray();
    }

    /** Nothing for a number that is no token, which only other bits of logits lead to. */
    private byte[] spelled(int token) {
        return token < tokenizer.vocabularySize() ? tokenizer.bytes(token) : new byte[0];
    }
}
