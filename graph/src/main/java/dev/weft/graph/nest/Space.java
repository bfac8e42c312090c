package dev.weft.graph.nest;

import java.util.ArrayList;
import java.util.List;

/** The loops of a nest: rows, and positions in a row; each may be several loops, outermost first. */
public record Space(List<Term.Loop> outer, List<Term.Loop> inner) {

    public Space {
        outer = List.copyOf(outer);
        inner = List.copyOf(inner);
    }

    public static Space of(long rows, long width) {
        return new Space(List.of(new Term.Loop(rows)), List.of(new Term.Loop(width)));
    }

    /** As {@link #of}, with two loops that stay as they are. */
    public static Space whole(long rows, long width) {
        return new Space(List.of(Term.Loop.whole(rows)), List.of(Term.Loop.whole(width)));
    }

    public long rows() {
        return product(outer);
    }

    public long width() {
        return product(inner);
    }

    private static long product(List<Term.Loop> loops) {
        long product = 1;
        for (Term.Loop loop : loops) {
            product *= loop.size();
        }
        return product;
    }

    /** The number of the row. */
    public Index row() {
        return linear(outer);
    }

    /** The position in the row. */
    public Index column() {
        return linear(inner);
    }

    /** The row-major position among all points. */
    public Index point() {
        return row().times(width()).plus(column());
    }

    public static Index linear(List<Term.Loop> loops) {
        Index index = Index.ZERO;
        for (Term.Loop loop : loops) {
            index = index.times(loop.size());
            if (loop.size() > 1) {
                index = index.plus(Index.of(loop));
            }
        }
        return index;
    }

    /** These loops with one of them split in two. */
    public Space split(Index.SplitRequest request) {
        return new Space(split(outer, request), split(inner, request));
    }

    private static List<Term.Loop> split(List<Term.Loop> loops, Index.SplitRequest request) {
        List<Term.Loop> result = new ArrayList<>();
        for (Term.Loop loop : loops) {
            if (loop.equals(request.loop())) {
                result.add(new Term.Loop(loop.size() / request.inner()));
                result.add(new Term.Loop(request.inner()));
            } else {
                result.add(loop);
            }
        }
        return result;
    }
}
