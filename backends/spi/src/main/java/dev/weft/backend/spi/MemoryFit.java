package dev.weft.backend.spi;

import dev.weft.graph.MachineException;
import java.util.function.LongFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Makes a program fit into a memory budget, for backends whose kernels need memory beside the tensors of the plan: how much is known only
 * when they are written, and then the plan has to be smaller.
 *
 * @param <C> a program that was planned within some bytes
 * @param planned plans a program, its tensors within so many bytes
 * @param planBytes bytes of the plan alone
 * @param neededBytes bytes of the plan and of all else
 * @param runsAgain regions that run again to keep within the bytes
 */
public record MemoryFit<C>(
        LongFunction<C> planned,
        ToLongFunction<C> planBytes,
        ToLongFunction<C> neededBytes,
        ToIntFunction<C> runsAgain) {
    /** How often a plan is made smaller. */
    private static final int TRIES = 3;

    /**
     * A program within a budget.
     *
     * @throws MachineException if there is none: what the smallest needs
     */
    public C within(long budgetBytes) {
        long tensors = budgetBytes;
        C made = planned.apply(tensors);
        long needed = neededBytes.applyAsLong(made);
        for (int i = 0; i < TRIES && needed > budgetBytes; i++) {
            tensors = Math.min(tensors, planBytes.applyAsLong(made)) - (needed - budgetBytes);
            if (tensors <= 0 || planBytes.applyAsLong(made) > budgetBytes) {
                break;
            }
            made = planned.apply(tensors);
            needed = neededBytes.applyAsLong(made);
        }
        if (needed > budgetBytes) {
            throw new MachineException(
                    "memory budget %s: the tensors of this program need %s, with %d regions that run again already; take a smaller batch, context or model, or a larger budget"
                            .formatted(Memory.text(budgetBytes), Memory.text(needed), runsAgain.applyAsInt(made)));
        }
        return made;
    }
}
