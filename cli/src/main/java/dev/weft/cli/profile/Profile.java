package dev.weft.cli.profile;

import dev.weft.backend.spi.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the time of some runs of one entry went: medians over the runs.
 *
 * @param rows by falling time
 * @param seconds of a run
 * @param busy share of all threads' time in which they do steps
 * @param waiting share in which they wait for each other between steps
 * @param dispatch share before the first step begins and after the last has ended
 */
public record Profile(List<Row> rows, double seconds, double busy, double waiting, double dispatch) {

    /**
     * Regions that are one kernel and come from one line, together.
     *
     * @param region one of them
     * @param count how many they are
     * @param seconds that a run spends in them
     * @param busy share of all threads' time in it in which they work
     */
    public record Row(RegionFacts region, int count, double seconds, double busy) {

        public double flops() {
            return (double) count * region.cost().flops();
        }

        public double bytes() {
            return (double) count * region.bytes();
        }

        /** The shortest possible time as a part of the time taken; above 1 where bytes come from caches. */
        public double ofRoofline(Roofline roofline) {
            return count * roofline.seconds(region) / seconds;
        }
    }

    public Profile {
        rows = List.copyOf(rows);
    }

    /** @param runs at least one, all of one entry, whose regions these are */
    public static Profile of(List<RegionFacts> regions, List<Timeline> runs) {
        List<Row> rows = new ArrayList<>();
        Map<Integer, List<Integer>> stepsOf = steps(runs.getFirst());
        List<RegionFacts> timed = regions.stream()
                .filter(region -> stepsOf.containsKey(region.number()))
                .toList();
        for (List<RegionFacts> group : RegionFacts.grouped(timed)) {
            List<Integer> steps = group.stream()
                    .flatMap(region -> stepsOf.get(region.number()).stream())
                    .toList();
            rows.add(new Row(
                    group.getFirst(),
                    group.size(),
                    median(runs.stream().mapToDouble(run -> wall(run, steps)).toArray()),
                    median(runs.stream()
                            .mapToDouble(run -> Math.min(1, work(run, steps) / (wall(run, steps) * run.threads())))
                            .toArray())));
        }
        rows.sort(Comparator.comparingDouble(Row::seconds).reversed());
        return new Profile(
                rows,
                median(runs.stream().mapToDouble(Profile::seconds).toArray()),
                median(runs.stream().mapToDouble(Profile::busy).toArray()),
                median(runs.stream().mapToDouble(Profile::waiting).toArray()),
                median(runs.stream().mapToDouble(Profile::dispatch).toArray()));
    }

    /** The steps of each region. */
    static Map<Integer, List<Integer>> steps(Timeline run) {
        Map<Integer, List<Integer>> steps = new HashMap<>();
        for (int step = 0; step < run.steps().size(); step++) {
            steps.computeIfAbsent(run.steps().get(step).region(), unseen -> new ArrayList<>())
                    .add(step);
        }
        return steps;
    }

    /**
     * Seconds from the first thread's beginning of each step to the last one's end, without those in which others were still at a step
     * before: threads need not meet between steps.
     */
    static double wall(Timeline run, List<Integer> steps) {
        Set<Integer> counted = new HashSet<>(steps);
        long nanos = 0;
        long done = 0;
        for (int step = 0; step < run.steps().size(); step++) {
            long begin = Long.MAX_VALUE;
            long end = Long.MIN_VALUE;
            for (int thread = 0; thread < run.threads(); thread++) {
                begin = Math.min(begin, run.begin(step, thread) - run.begin());
                end = Math.max(end, run.end(step, thread) - run.begin());
            }
            if (counted.contains(step)) {
                nanos += Math.max(0, end - Math.max(begin, done));
            }
            done = Math.max(done, end);
        }
        return nanos / 1e9;
    }

    private static double work(Timeline run, List<Integer> steps) {
        long nanos = 0;
        for (int step : steps) {
            for (int thread = 0; thread < run.threads(); thread++) {
                nanos += run.end(step, thread) - run.begin(step, thread);
            }
        }
        return nanos / 1e9;
    }

    /** Seconds that a run took. */
    public static double seconds(Timeline run) {
        return (run.end() - run.begin()) / 1e9;
    }

    private static double busy(Timeline run) {
        List<Integer> all = new ArrayList<>();
        for (int step = 0; step < run.steps().size(); step++) {
            all.add(step);
        }
        return work(run, all) / (seconds(run) * run.threads());
    }

    /** From the first beginning to the last end, as a part of the run. */
    private static double walking(Timeline run) {
        long begin = Long.MAX_VALUE;
        long end = 0;
        for (int step = 0; step < run.steps().size(); step++) {
            for (int thread = 0; thread < run.threads(); thread++) {
                begin = Math.min(begin, run.begin(step, thread) - run.begin());
                end = Math.max(end, run.end(step, thread) - run.begin());
            }
        }
        return run.steps().isEmpty() ? 0 : (end - begin) / 1e9 / seconds(run);
    }

    private static double waiting(Timeline run) {
        return walking(run) - busy(run);
    }

    private static double dispatch(Timeline run) {
        return 1 - walking(run);
    }

    /** The middle one, or the mean of the two in the middle. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
