package dev.weft.models.compress;

import dev.weft.graph.UserException;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Deflating by the JDK. */
final class Deflate {

    private static final int PIECE = 1 << 16;

    private Deflate() {}

    static byte[] of(byte[] data) {
        if (data.length == 0) {
            return data;
        }
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[PIECE];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    static byte[] inflate(byte[] deflated, String subject) {
        if (deflated.length == 0) {
            return deflated;
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(deflated);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[PIECE];
            while (!inflater.finished()) {
                int length = inflater.inflate(piece);
                if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new UserException(subject + ": its deflated part ends too early");
                }
                out.write(piece, 0, length);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new UserException(subject + ": its deflated part is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
