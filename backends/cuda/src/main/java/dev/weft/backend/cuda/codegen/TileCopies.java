package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.StreamTask.Operand;
import dev.weft.graph.nest.Term;
import dev.weft.graph.schedule.StreamLayout.Matrix;
import dev.weft.graph.type.ElementType;
import java.util.List;

/** Writes how matrices come into shared memory, and where results go. */
final class TileCopies {
    private static final int CHUNK = 16;

    private final StreamTask task;
    private final TilePlan plan;
    private final Writer writer;
    private final Arguments arguments;

    TileCopies(StreamTask task, TilePlan plan, Writer writer, Arguments arguments) {
        this.task = task;
        this.plan = plan;
        this.writer = writer;
        this.arguments = arguments;
    }

    /** The address of a matrix's first element in the steps of the loops that are open. */
    String start(Matrix matrix, boolean isWritten) {
        StringBuilder start =
                new StringBuilder(isWritten ? arguments.write(matrix.root()) : arguments.read(matrix.root()));
        if (matrix.offset() != 0) {
            start.append(" + ").append(matrix.offset());
        }
        List<Term.Loop> loops = task.nest().space().outer();
        for (int axis = 0; axis < loops.size() - 1; axis++) {
            long step = matrix.outer().get(axis);
            if (step != 0 && loops.get(axis).size() > 1) {
                start.append(" + ")
                        .append(writer.known(loops.get(axis)))
                        .append(" * ")
                        .append(step);
            }
        }
        return start.toString();
    }

    /**
     * Copies some rows of a matrix.
     *
     * @param to its place in shared memory
     * @param from the address of its first row
     * @param position the first row that is copied
     * @param rows how many
     * @param step elements from row to row
     * @param left how many rows there are from that one on
     */
    void copy(Operand operand, String to, String from, String position, int rows, long step, String left) {
        String first = from + " + " + position + " * " + step;
        String sizes = "<%d, %d, %d>".formatted(rows, operand.own(), plan.stride(operand.own()));
        if (isInChunks(operand, step)) {
            writer.line("copy_tile%s(%s, %s, %d, %s);".formatted(sizes, to, first, step, left));
        } else {
            String order = step < operand.matrix().own() ? "true" : "false";
            writer.line("load_tile<%d, %d, %d, %d, %s>(%s, %s, %d, %d, %s);"
                    .formatted(
                            rows,
                            operand.own(),
                            plan.padded(operand.own()),
                            plan.stride(operand.own()),
                            order,
                            to,
                            first,
                            step,
                            operand.matrix().own(),
                            left));
        }
    }

    /** Whether rows can be copied 16 bytes at a time, as they are. */
    private boolean isInChunks(Operand operand, long step) {
        Matrix matrix = operand.matrix();
        ElementType element = operand.element();
        long chunk = CHUNK / element.bytes();
        boolean aligned = matrix.offset() % chunk == 0
                && step % chunk == 0
                && matrix.outer().stream().limit(matrix.outer().size() - 1L).allMatch(along -> along % chunk == 0);
        boolean contiguous = matrix.own() == 1 || operand.own() == 1;
        return element == plan.element() && contiguous && aligned && plan.padded(operand.own()) == operand.own();
    }
}
