package dev.weft.backend.cuda.device;

/**
 * How many threads run a kernel.
 *
 * @param blocks in x, at most 2³¹ − 1
 * @param blocksY in y, at most 65,535
 * @param threads of a block, all in x: a multiple of 32, at most 1024
 * @param sharedBytes of dynamic shared memory for each block
 */
public record Grid(long blocks, int blocksY, int threads, int sharedBytes) {

    public static final int WARP = 32;
    public static final int MOST_THREADS = 1024;
    public static final int MOST_BLOCKS_Y = 65_535;

    public Grid {
        if (blocks < 1 || blocks > Integer.MAX_VALUE || blocksY < 1 || blocksY > MOST_BLOCKS_Y) {
            throw new IllegalArgumentException(
                    "grid: must have 1 to 2147483647 x 1 to 65535 blocks, got %d x %d".formatted(blocks, blocksY));
        }
        if (threads < WARP || threads > MOST_THREADS || threads % WARP != 0) {
            throw new IllegalArgumentException("grid: must have whole warps of threads up to 1024, got " + threads);
        }
    }

    public Grid(long blocks, int threads) {
        this(blocks, 1, threads, 0);
    }
}
