package dev.weft.graph.plan;

import dev.weft.graph.Program;
import dev.weft.graph.schedule.RegionCost;
import dev.weft.graph.schedule.Schedule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan that keeps within a number of bytes, by running regions again before their results are needed instead of keeping the results
 * (rematerialization; Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). What is run again is chosen by the bytes
 * that it saves at the fullest moment for the arithmetic and the traffic that it costs.
 *
 * @param plan the plan, within the budget or as near to it as there is a way
 * @param schedules by entry; those of entries that kept within the budget are the ones that were given
 * @param savedBytes how much smaller the plan is
 * @param cost what runs again, in all entries together
 * @param runsAgain number of regions that run again
 */
public record MemoryBudget(
        Plan plan, Map<String, Schedule> schedules, long savedBytes, RegionCost cost, int runsAgain) {

    /** Changes in a row that may leave the peak where it is. */
    private static final int PATIENCE = 16;

    public MemoryBudget {
        schedules = Collections.unmodifiableMap(new LinkedHashMap<>(schedules));
    }

    /**
     * @param schedules by the entry's name, as for {@link Plan#of}
     * @param bytes most bytes of slabs and arena
     */
    public static MemoryBudget of(Program program, Map<String, Schedule> schedules, long bytes) {
        return of(program, schedules, bytes, (region, input, output) -> true);
    }

    /** @param overwriting as for {@link Plan#of} */
    public static MemoryBudget of(
            Program program, Map<String, Schedule> schedules, long bytes, Plan.Overwriting overwriting) {
        Plan plan = Plan.of(program, schedules, overwriting);
        if (plan.peakBytes(0) <= bytes) {
            return new MemoryBudget(plan, schedules, 0, RegionCost.NONE, 0);
        }
        long arena = Math.max(0, bytes - plan.slabBytes());
        Map<String, Schedule> changed = new LinkedHashMap<>(schedules);
        RegionCost cost = RegionCost.NONE;
        int again = 0;
        for (EntryPlan entry : plan.entries()) {
            if (entry.arenaBytes() > arena) {
                Fitted fitted = fit(program, entry, schedules.get(entry.entry()), arena, overwriting);
                changed.put(entry.entry(), fitted.schedule());
                cost = cost.plus(fitted.cost());
                again += fitted.again();
            }
        }
        Plan smaller = Plan.of(program, changed, overwriting);
        return new MemoryBudget(smaller, changed, plan.peakBytes(0) - smaller.peakBytes(0), cost, again);
    }

    private record Fitted(Schedule schedule, long arena, RegionCost cost, int again) {}

    private static Fitted fit(
            Program program, EntryPlan entry, Schedule schedule, long arena, Plan.Overwriting overwriting) {
        Recomputation runs = new Recomputation(schedule);
        Fitted best = new Fitted(schedule, entry.arenaBytes(), RegionCost.NONE, 0);
        long now = best.arena();
        // The estimate knows neither gaps in the arena nor buffers that are taken over: their balance carries over to
        // the next one.
        while (best.arena() > arena && lower(runs, runs.peakBytes() - Math.max(Plan.ALIGNMENT, now - arena))) {
            Fitted next = fitted(program, entry.entry(), runs, overwriting);
            if (next.arena() < best.arena()) {
                best = next;
            }
            now = next.arena();
        }
        return best;
    }

    /** Runs more again until the peak is estimated to be at most {@code target}; false if it cannot be lowered. */
    private static boolean lower(Recomputation runs, long target) {
        long least = runs.peakBytes();
        boolean lowered = false;
        int idle = 0;
        while (least > target && idle < PATIENCE && !runs.isExhausted() && runs.improve()) {
            long now = runs.peakBytes();
            idle = now < least ? 0 : idle + 1;
            lowered |= now < least;
            least = Math.min(least, now);
        }
        return lowered;
    }

    private static Fitted fitted(Program program, String entry, Recomputation runs, Plan.Overwriting overwriting) {
        Schedule schedule = RepeatedRuns.of(runs.schedule(), runs.runs());
        long arena = Plan.of(program, Map.of(entry, schedule), overwriting).arenaBytes();
        List<Recomputation.Run> again = runs.runs().stream()
                .filter(run -> run.again() && !run.reshapes())
                .toList();
        RegionCost cost =
                again.stream().map(run -> RegionCost.of(run.region())).reduce(RegionCost.NONE, RegionCost::plus);
        return new Fitted(schedule, arena, cost, again.size());
    }
}
