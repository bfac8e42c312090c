package dev.weft.models.compress;

/**
 * A compressed file and what it took.
 *
 * @param file the whole of it
 * @param bytes of the input
 * @param tokens that the text of the input is spelled with
 * @param deflated bytes of the input that are no text of the tokenizer's
 * @param codeBytes of the file that code the tokens
 * @param idealBits the sum of {@code -log2 p} of all tokens: what no code of this model can go below
 */
public record Compression(byte[] file, long bytes, long tokens, long deflated, long codeBytes, double idealBits) {

    /** Bits of the file for each byte of the input. */
    public double bitsPerByte() {
        return bytes == 0 ? 0 : (double) Byte.SIZE * file.length / bytes;
    }
}
