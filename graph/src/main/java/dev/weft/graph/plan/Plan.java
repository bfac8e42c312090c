package dev.weft.graph.plan;

import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The memory of a session and what its entries do in it.
 *
 * <p>Slabs and arena start at a multiple of {@value #PAGE} bytes, every buffer in them at a multiple of {@value #ALIGNMENT}. Inputs
 * and outputs of an entry are buffers of their own.
 *
 * @param arenaBytes what the hungriest entry needs; the entries use the arena one after the other
 */
public record Plan(List<Slab> slabs, long arenaBytes, List<EntryPlan> entries) {

    public static final long ALIGNMENT = 64;
    public static final long PAGE = 2L << 20;

    /** Whether a region may write an output over an input. */
    @FunctionalInterface
    public interface Overwriting {
        boolean allows(Region region, Value input, Value output);
    }

    public Plan {
        slabs = List.copyOf(slabs);
        entries = List.copyOf(entries);
    }

    /**
     * The plan for some entries of a program.
     *
     * @param schedules by the entry's name; each of the graph that is the entry's body
     */
    public static Plan of(Program program, Map<String, Schedule> schedules) {
        return of(program, schedules, (region, input, output) -> true);
    }

    /**
     * As above, for a backend that writes some outputs over inputs less often than it could.
     *
     * @param overwriting asked of each output of a region that could take the place of an input
     */
    public static Plan of(Program program, Map<String, Schedule> schedules, Overwriting overwriting) {
        List<Slab> slabs = SlabLayout.of(program.stored());
        List<EntryPlan> entries = new ArrayList<>();
        schedules.forEach((name, schedule) ->
                entries.add(new EntryPlanner(program, program.entry(name), schedule, slabs, overwriting).plan()));
        long arena = entries.stream().mapToLong(EntryPlan::arenaBytes).max().orElse(0);
        return new Plan(slabs, arena, entries);
    }

    public EntryPlan entry(String name) {
        return entries.stream()
                .filter(entry -> entry.entry().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("plan: has no entry %s; it has %s"
                        .formatted(name, entries.stream().map(EntryPlan::entry).toList())));
    }

    /** Where a stored tensor lies. */
    public Location stored(String name) {
        return SlabLayout.find(slabs, name);
    }

    public long slabBytes() {
        return slabs.stream().mapToLong(Slab::bytes).sum();
    }

    /** Bytes that a session holds: slabs, arena, and {@code scratch} of libraries and partial sums, which the backend names. */
    public long peakBytes(long scratch) {
        return slabBytes() + arenaBytes + scratch;
    }

    static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
}
