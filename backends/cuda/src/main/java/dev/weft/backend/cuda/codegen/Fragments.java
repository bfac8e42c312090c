package dev.weft.backend.cuda.codegen;

import dev.weft.graph.schedule.StreamLayout.Back;
import dev.weft.graph.schedule.StreamLayout.Front;

/**
 * Which elements of a tile each thread holds, and how tiles are multiplied: {@code i} counts a thread's positions in the panel,
 * {@code j} those in the tile that is walked, or along a product's own axis.
 */
sealed interface Fragments {

    static Fragments of(TilePlan plan) {
        return plan.tensorCores() ? new OfWarps(plan) : new OfThreads(plan);
    }

    /** Positions in the panel that a thread has. */
    int panelCount();

    /** Positions in the tile. */
    int walkCount();

    /** Lanes, next to each other, that share a position in the panel. */
    int lanes();

    /** Which position of the panel {@code i} is. */
    String panelIndex(String i);

    /** Which position of the tile, or along a product's own axis, {@code j} is. */
    String walkIndex(String j);

    /** The element of an array of {@link #scores} or {@link #sums}. */
    String element(String array, String i, String j);

    /** The element of a panel of values. */
    String inPanel(String panel, String i, String j);

    /** Declares a panel of values; without a first value. */
    String declare(String panel, int offset);

    /** The dimensions of an array of a tile's elements. */
    String scores();

    /** The dimensions of an array of a product's sums. */
    String sums(Back back);

    /** Positions along its own axis that a thread has of a product. */
    int sumCount(Back back);

    /** Adds {@code rows · columnsᵀ} to an array. */
    String front(Front front, String scores, String resident, String walked);

    /** Adds {@code panel · walked} to an array. */
    String back(Back back, String sums, String panel, String walked);

    /** As m16n8k16 has them: a warp has sixteen positions of the panel. */
    record OfWarps(TilePlan plan) implements Fragments {

        @Override
        public int panelCount() {
            return 2;
        }

        @Override
        public int walkCount() {
            return plan.walk() / 4;
        }

        @Override
        public int lanes() {
            return 4;
        }

        @Override
        public String panelIndex(String i) {
            return "thread() / 32 * 16 + thread() % 32 / 4 + 8 * " + i;
        }

        @Override
        public String walkIndex(String j) {
            return "8 * (" + j + " / 2) + thread() % 4 * 2 + " + j + " % 2";
        }

        @Override
        public String element(String array, String i, String j) {
            return array + "[" + j + " / 2][2 * " + i + " + " + j + " % 2]";
        }

        @Override
        public String inPanel(String panel, String i, String j) {
            return element(panel, i, j);
        }

        @Override
        public String declare(String panel, int offset) {
            return "float " + panel + scores() + ";";
        }

        @Override
        public String scores() {
            return "[" + plan.walk() / 8 + "][4]";
        }

        @Override
        public String sums(Back back) {
            return "[" + plan.padded(back.width()) / 8 + "][4]";
        }

        @Override
        public int sumCount(Back back) {
            return plan.padded(back.width()) / 4;
        }

        @Override
        public String front(Front front, String scores, String resident, String walked) {
            int stride = plan.stride(front.depth());
            return "front_tiles<%d>(%s, %s, %s, %d);"
                    .formatted(plan.padded(front.depth()), scores, resident, walked, stride);
        }

        @Override
        public String back(Back back, String sums, String panel, String walked) {
            return "back_tiles(%s, %s, %s, %d);".formatted(sums, panel, walked, plan.stride(back.width()));
        }
    }

    /** By f32 arithmetic: sixteen threads in a row have four positions of the panel, and each of them every sixteenth of the tile. */
    record OfThreads(TilePlan plan) implements Fragments {

        @Override
        public int panelCount() {
            return 4;
        }

        @Override
        public int walkCount() {
            return plan.walk() / 16;
        }

        @Override
        public int lanes() {
            return 16;
        }

        @Override
        public String panelIndex(String i) {
            return "thread() / 16 * 4 + " + i;
        }

        @Override
        public String walkIndex(String j) {
            return "thread() % 16 + 16 * " + j;
        }

        @Override
        public String element(String array, String i, String j) {
            return array + "[" + i + "][" + j + "]";
        }

        @Override
        public String inPanel(String panel, String i, String j) {
            return "%s[(%s) * %d + %s]".formatted(panel, panelIndex(i), plan.stride(plan.walk()), walkIndex(j));
        }

        @Override
        public String declare(String panel, int offset) {
            return "float* const %s = (float*) (shared + %d);".formatted(panel, offset);
        }

        @Override
        public String scores() {
            return "[4][" + walkCount() + "]";
        }

        @Override
        public String sums(Back back) {
            return "[4][" + sumCount(back) + "]";
        }

        @Override
        public int sumCount(Back back) {
            return plan.sums(back) / 4;
        }

        @Override
        public String front(Front front, String scores, String resident, String walked) {
            int stride = plan.stride(front.depth());
            return "front_tiles<%d>(%s, %s, %s, %d);"
                    .formatted(plan.padded(front.depth()), scores, resident, walked, stride);
        }

        @Override
        public String back(Back back, String sums, String panel, String walked) {
            return "back_tiles<%d>(%s, %s, %d, %s, %d);"
                    .formatted(plan.walk(), sums, panel, plan.stride(plan.walk()), walked, plan.stride(back.width()));
        }
    }
}
