package dev.weft.graph.op;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Threefry-2x32 with 20 rounds: counter-based random bits (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 */
public final class Threefry {

    /** Rotations of the eight rounds that repeat. */
    public static final List<Integer> ROTATIONS = List.of(13, 15, 26, 6, 17, 29, 16, 24);

    /** Parity of the key schedule (Skein's constant, lower half). */
    public static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /** The first of the two words for a 64-bit counter under a 64-bit key. */
    public static int word(int key0, int key1, long counter) {
        int[] keys = {key0, key1, PARITY ^ key0 ^ key1};
        int x0 = (int) counter + key0;
        int x1 = (int) (counter >>> 32) + key1;
        for (int group = 0; group < 5; group++) {
            for (int round = 0; round < 4; round++) {
                x0 += x1;
                x1 = Integer.rotateLeft(x1, ROTATIONS.get((group & 1) * 4 + round)) ^ x0;
            }
            x0 += keys[(group + 1) % 3];
            x1 += keys[(group + 2) % 3] + group + 1;
        }
        return x0;
    }

    /** Uniform in [0, 1) on a grid of 2⁻²⁴. */
    public static float uniform(int key0, int key1, long counter) {
        return (word(key0, key1, counter) >>> 8) * 0x1p-24f;
    }

    /** The 64-bit FNV-1a hash of a stream's name. */
    public static long hash(String stream) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : stream.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
