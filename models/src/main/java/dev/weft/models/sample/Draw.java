package dev.weft.models.sample;

/** TokenWeights of tokens, to draw one in proportion. What a block of them weighs is kept: a draw walks through the blocks, and then through one. */
final class Draw {

    private static final int BLOCK = 256;

    private final float[] weights;
    private final int from;
    private final int to;
    private final double[] blocks;
    private final double total;

    Draw(float[] weights) {
        this(TokenWeights.of(weights));
    }

    /** @param row none negative; not copied */
    Draw(TokenWeights row) {
        this.weights = row.all();
        this.from = row.from();
        this.to = row.from() + row.count();
        this.blocks = new double[Math.ceilDiv(row.count(), BLOCK)];
        double sum = 0;
        for (int block = 0; block < blocks.length; block++) {
            int start = from + block * BLOCK;
            blocks[block] = sum(weights, start, Math.min(to, start + BLOCK));
            sum += blocks[block];
        }
        this.total = sum;
    }

    /** What all weigh. */
    double total() {
        return total;
    }

    /** @param uniform from [0, 1) */
    int token(double uniform) {
        double target = uniform * total;
        double passed = 0;
        int block = 0;
        while (block < blocks.length - 1 && passed + blocks[block] <= target) {
            passed += blocks[block++];
        }
        for (int place = from + block * BLOCK; place < to; place++) {
            passed += weights[place];
            if (weights[place] > 0 && passed > target) {
                return place - from;
            }
        }
        // Only if uniform was rounded up to the whole.
        int last = to - 1;
        while (last > from && weights[last] == 0) {
            last--;
        }
        return last - from;
    }

    /** In four chains, which the processor adds side by side. */
    private static double sum(float[] weights, int from, int to) {
        int fours = from + (to - from) / 4 * 4;
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        for (int id = from; id < fours; id += 4) {
            a += weights[id];
            b += weights[id + 1];
            c += weights[id + 2];
            d += weights[id + 3];
        }
        for (int id = fours; id < to; id++) {
            a += weights[id];
        }
        return a + b + (c + d);
    }
}
