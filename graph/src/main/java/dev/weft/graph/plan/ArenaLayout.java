package dev.weft.graph.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Places blocks that live for some steps: the largest first, each into the tightest gap between those that live with it. */
final class ArenaLayout {

    /** Bytes that are needed from step {@code first} to step {@code last}, both included. */
    static final class Block {
        final long bytes;
        final int first;
        int last;
        long offset;

        Block(long bytes, int first, int last) {
            this.bytes = bytes;
            this.first = first;
            this.last = last;
        }
    }

    private ArenaLayout() {}

    /** Sets every block's offset; returns the bytes they need together. */
    static long place(List<Block> blocks) {
        List<Block> bySize = new ArrayList<>(blocks);
        bySize.sort(Comparator.comparingLong((Block block) -> block.bytes).reversed());
        List<Block> placed = new ArrayList<>();
        long bytes = 0;
        for (Block block : bySize) {
            block.offset = tightestGap(block, placed);
            insert(block, placed);
            bytes = Math.max(bytes, block.offset + Plan.aligned(block.bytes));
        }
        return bytes;
    }

    private static long tightestGap(Block block, List<Block> placed) {
        long size = Plan.aligned(block.bytes);
        long best = -1;
        long tightest = Long.MAX_VALUE;
        long end = 0;
        for (Block other : placed) {
            if (other.last < block.first || block.last < other.first) {
                continue;
            }
            long gap = other.offset - end;
            if (gap >= size && gap < tightest) {
                best = end;
                tightest = gap;
            }
            end = Math.max(end, other.offset + Plan.aligned(other.bytes));
        }
        return best >= 0 ? best : end;
    }

    /** Keeps {@code placed} ordered by offset. */
    private static void insert(Block block, List<Block> placed) {
        int low = 0;
        int high = placed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (placed.get(middle).offset <= block.offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        placed.add(low, block);
    }
}
