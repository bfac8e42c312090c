package dev.weft.backend.cuda.host;

/**
 * The order in which threads of a warp, warps of a block and blocks of a grid run. What a kernel computes must not depend on it.
 *
 * @param seed of {@link Kind#RANDOM}; the same seed and the same launches give the same orders
 */
public record Order(Kind kind, long seed) {

    /** As the worker numbers them. */
    public enum Kind {
        /** The lowest number first; each goes as far as it can. */
        FORWARD,
        /** The highest number first; each goes as far as it can. */
        REVERSED,
        /** Warps take turns, at random. */
        RANDOM,
        /** Each launch in all of the others, on the same memory: a kernel that gives other bits in one of them ends the device. */
        ALL
    }

    public static final Order FORWARD = new Order(Kind.FORWARD, 0);
    public static final Order REVERSED = new Order(Kind.REVERSED, 0);

    /** Each launch in all orders, at random by that seed. */
    public static Order all(long seed) {
        return new Order(Kind.ALL, seed);
    }

    public static Order random(long seed) {
        return new Order(Kind.RANDOM, seed);
    }
}
