package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.PackText.Place;
import dev.weft.backend.cuda.codegen.RowShape.Mode;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import java.util.List;

/** How a thread goes through its packs of a row, as text. */
final class RowWalk {
    private final Space space;
    private final RowShape shape;
    private final Writer writer;
    private final int size;

    RowWalk(Space space, RowShape shape, Writer writer) {
        this.space = space;
        this.shape = shape;
        this.writer = writer;
        this.size = shape.packs().size();
    }

    /** Whether rows do not begin at packs, so that first and last packs are cut. */
    boolean shifts() {
        return size > 1 && space.width() % size != 0 && space.rows() > 1;
    }

    /** How many packs a thread holds of a row, as an array's size; nothing for one. */
    String count() {
        return shape.parts() > 1 ? "[" + shape.parts() + "]" : "";
    }

    /** Which of them, inside the loop over them. */
    String at() {
        return shape.parts() > 1 ? "[part]" : "";
    }

    /** Opens the loop over a thread's packs of a row; whether there is one. */
    boolean openParts() {
        if (shape.parts() > 1) {
            writer.line(shape.mode() == Mode.COLUMNS ? "#pragma unroll 4" : "#pragma unroll");
            writer.open("for (i32 part = 0; part < " + shape.parts() + "; part++)");
        }
        return shape.parts() > 1;
    }

    /**
     * Opens what a thread does with each of its packs; how many blocks of statements that are.
     *
     * @param unrolled packs that are read at a time, where a thread has too many to hold all
     */
    int openPacks(int unrolled) {
        String thread =
                switch (shape.mode()) {
                    case THREAD -> "0";
                    case WARP -> "lane_of_warp()";
                    case BLOCK, COLUMNS -> "thread()";
                };
        String shift = shifts() ? " - shift" : "";
        if (shape.parts() == 0) {
            writer.line("#pragma unroll " + unrolled);
            writer.open("for (i64 first = (i64) %s * %d%s; first < %d; first += %d)"
                    .formatted(thread, size, shift, space.width(), (long) shape.rowThreads() * size));
            return 1;
        }
        boolean several = openParts();
        String part = shape.tiles() > 1 ? "block()" : "";
        if (several) {
            part = part.isEmpty() ? "part" : "(block() * " + shape.parts() + " + part)";
        }
        String pack = part.isEmpty() ? thread : part + " * " + shape.rowThreads() + " + " + thread;
        // A block of its own, so that each pass has its own first column.
        boolean whole = shape.tiles() * shape.parts() * shape.rowThreads() * size == space.width() && !shifts();
        if (!several) {
            writer.open("");
        }
        writer.line("const i64 first = (i64) (%s) * %d%s;".formatted(pack, size, shift));
        if (!whole) {
            writer.open("if (first < " + space.width() + ")");
        }
        return whole ? 1 : 2;
    }

    /** Where the pack is that is open. */
    Place place() {
        List<Term.Loop> loops = space.inner();
        Term.Loop inner = loops.getLast();
        String innerFirst;
        if (loops.size() == 1) {
            innerFirst = "first";
        } else {
            String rest = writer.let("i64", "(i64) ((u64) first / " + inner.size() + ")");
            innerFirst = writer.let("i64", "first - " + rest + " * " + inner.size());
            writer.bind(loops.subList(0, loops.size() - 1), rest);
        }
        String limit = space.width() % size == 0 ? null : Long.toString(space.width());
        return new Place(inner, innerFirst, "first", limit, lane -> {
            String column = size == 1 ? "first" : writer.let("i64", "first + " + lane);
            boolean same = innerFirst.equals("first");
            writer.remember(
                    inner, same ? column : size == 1 ? innerFirst : writer.let("i64", innerFirst + " + " + lane));
            return column;
        });
    }
}
