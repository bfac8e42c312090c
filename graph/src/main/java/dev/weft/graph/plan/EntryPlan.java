package dev.weft.graph.plan;

import java.util.List;

/**
 * One run of an entry, step by step.
 *
 * @param arenaBytes how much of the arena it uses
 */
public record EntryPlan(String entry, long arenaBytes, List<Step> steps) {

    public EntryPlan {
        steps = List.copyOf(steps);
    }
}
