package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.codegen.SmallProduct;
import dev.weft.backend.cpu.kernel.PanelWork;
import dev.weft.backend.cpu.kernel.Work;
import java.util.List;

/** How much memory the arguments take of all that a session calls: known before anything is bound to memory. */
final class ArgumentBlocks {
    /** Where a check leaves what it found: one for all entries. */
    static final long STATUS_BYTES = 2L * Long.BYTES;

    private ArgumentBlocks() {}

    /** @param steps of an entry */
    static long bytes(List<CompiledProgram.RegionSteps> steps, int threads) {
        long bytes = 0;
        for (CompiledProgram.RegionSteps step : steps) {
            for (Work work : step.work()) {
                bytes += bytes(work, threads);
            }
        }
        return bytes;
    }

    private static long bytes(Work work, int threads) {
        return switch (work) {
            case Work.Run run -> block(run.kernel().slots());
            case Work.Check check -> block(check.kernel().slots());
            case Work.Loop loop ->
                loop.pieces().stream().mapToLong(piece -> block(piece.slots())).sum();
            case Work.Multiply multiply ->
                multiply.epilogue()
                        .map(epilogue -> block(epilogue.kernel().slots()))
                        .orElse(0L);
            case Work.Stream stream ->
                block(stream.panels().kernel().kernel().slots()) + threads * calls(stream.panels());
        };
    }

    /** For each thread, what the kernels take that make the products of a panel. */
    private static long calls(PanelWork panels) {
        long small = SessionMemory.whole((long) SmallProduct.Argument.values().length * Long.BYTES);
        return panels.small().size() * small
                + panels.few().stream()
                        .mapToLong(few -> block(few.kernel().slots()))
                        .sum();
    }

    private static long block(List<Slot> slots) {
        return SessionMemory.whole((long) slots.size() * Long.BYTES);
    }
}
