package dev.weft.models.compress;

import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.models.io.Hashes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A compressed file: who can read it, the pieces of the input, what was deflated, the arithmetic code, and 16 bytes of the SHA-256 of all
 * before them.
 *
 * @param length bytes of the input
 * @param hash 16 bytes of the input's SHA-256
 * @param model 16 bytes that tell the model, its program and its tokenizer
 * @param name of the model's program, for messages
 * @param arithmetic what computed: equal for what computes the same bits
 * @param lanes texts that were read side by side
 * @param pieces in order
 * @param deflated what is no text
 * @param code of the tokens
 */
record Container(
        long length,
        byte[] hash,
        byte[] model,
        String name,
        String arithmetic,
        int lanes,
        List<Piece> pieces,
        byte[] deflated,
        byte[] code) {

    /** Bytes of each hash in the file. */
    static final int HASH = 16;

    private static final byte[] MAGIC = "weftpress".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int MOST_LANES = 4096;

    /**
     * A piece of the input.
     *
     * @param tokens that spell it; 0 for a piece that was deflated
     * @param bytes of it; 0 for text, whose tokens tell
     */
    record Piece(int tokens, int bytes) {}

    Container {
        pieces = List.copyOf(pieces);
    }

    /** The leading bytes of a SHA-256. */
    static byte[] hash(byte[] data) {
        return Arrays.copyOf(Hashes.digest().digest(data), HASH);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(MAGIC);
            out.writeByte(VERSION);
            out.writeLong(length);
            out.write(hash);
            out.write(model);
            out.writeUTF(name);
            out.writeUTF(arithmetic);
            out.writeShort(lanes);
            out.writeInt(pieces.size());
            for (Piece piece : pieces) {
                out.writeInt(piece.tokens > 0 ? piece.tokens : -piece.bytes);
            }
            out.writeInt(deflated.length);
            out.write(deflated);
            out.write(code);
        } catch (IOException e) {
            throw new DefectException("compressed file: memory cannot be written", e);
        }
        bytes.writeBytes(hash(bytes.toByteArray()));
        return bytes.toByteArray();
    }

    /**
     * Reads a file.
     *
     * @param subject opens the message
     * @throws UserException if it is none, of another version, cut or altered
     */
    static Container parse(byte[] file, String subject) {
        if (file.length < MAGIC.length + 1 || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new UserException(subject + ": is not a file that weft compress wrote");
        }
        int version = file[MAGIC.length];
        if (version != VERSION) {
            throw new UserException("%s: is of version %d of the format, and this Weft reads version %d"
                    .formatted(subject, version, VERSION));
        }
        int end = file.length - HASH;
        if (end < 0 || !Arrays.equals(hash(Arrays.copyOf(file, end)), Arrays.copyOfRange(file, end, file.length))) {
            throw new UserException(subject + ": was cut or altered: its checksum does not fit");
        }
        try {
            return read(Arrays.copyOfRange(file, MAGIC.length + 1, end));
        } catch (IOException | NegativeArraySizeException e) {
            throw new UserException(subject + ": its parts do not fit together", e);
        }
    }

    private static Container read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        long length = in.readLong();
        byte[] hash = take(in, HASH);
        byte[] model = take(in, HASH);
        String name = in.readUTF();
        String arithmetic = in.readUTF();
        int lanes = in.readUnsignedShort();
        int count = in.readInt();
        if (lanes < 1 || lanes > MOST_LANES || count < 0 || count > in.available() / Integer.BYTES) {
            throw new IOException("compressed file: %d lanes, %d pieces".formatted(lanes, count));
        }
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int size = in.readInt();
            pieces.add(size > 0 ? new Piece(size, 0) : new Piece(0, Math.negateExact(size)));
        }
        byte[] deflated = take(in, in.readInt());
        return new Container(length, hash, model, name, arithmetic, lanes, pieces, deflated, in.readAllBytes());
    }

    private static byte[] take(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("compressed file: %d bytes wanted of %d".formatted(length, in.available()));
        }
        return in.readNBytes(length);
    }
}
