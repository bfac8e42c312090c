package dev.weft.backend.cpu;

import dev.weft.backend.cpu.runtime.Step;
import dev.weft.backend.cpu.runtime.Walk;
import dev.weft.backend.spi.Timeline;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The steps of an entry, and which of them threads may begin before the ones in front are done: those that neither write what these read or
 * write, nor read what they write. So the products that give the gradients of one layer follow each other without a meeting of threads.
 */
final class StepOrder {

    /** How far what finishes a region moves behind steps that do not need it: where it stands all threads would wait for each other. */
    private static final int MOST_DELAY = 4;

    private final List<Item> items = new ArrayList<>();

    /** Some bytes of memory. */
    record Range(long from, long to) {

        boolean overlaps(Range other) {
            return from < other.to && other.from < to;
        }
    }

    /**
     * What a step does to memory.
     *
     * @param touches what it reads or writes, by where it begins
     * @param writes what of that it may write, by where it begins
     * @param ends whether it may end the run: what comes before it is done then, and what comes after has not begun
     */
    record Effects(List<Range> touches, List<Range> writes, boolean ends) {

        /** @param writable what the step may write where it touches it */
        static Effects of(List<MemorySegment> touched, List<MemorySegment> writable, boolean ends) {
            List<Range> touches = ranges(touched);
            List<Range> places = ranges(writable);
            return new Effects(
                    touches,
                    touches.stream()
                            .filter(range -> places.stream().anyMatch(range::overlaps))
                            .toList(),
                    ends);
        }

        private static List<Range> ranges(List<MemorySegment> places) {
            return places.stream()
                    .filter(place -> place.byteSize() > 0)
                    .map(place -> new Range(place.address(), place.address() + place.byteSize()))
                    .sorted(Comparator.comparingLong(Range::from))
                    .toList();
        }

        boolean hinders(Effects other) {
            return ends || other.ends || overlap(writes, other.touches) || overlap(touches, other.writes);
        }

        /** What of one list ends before something of the other begins ends before all that follows. */
        private static boolean overlap(List<Range> some, List<Range> others) {
            int one = 0;
            int other = 0;
            while (one < some.size() && other < others.size()) {
                Range left = some.get(one);
                Range right = others.get(other);
                if (left.to <= right.from) {
                    one++;
                } else if (right.to <= left.from) {
                    other++;
                } else {
                    return true;
                }
            }
            return false;
        }
    }

    private record Item(Step step, Timeline.Step part, Effects effects, boolean finishes) {}

    /** @param finishes whether it combines what the parts of a region have left, which takes no time worth mentioning */
    void add(Step step, Timeline.Step part, Effects effects, boolean finishes) {
        items.add(new Item(step, part, effects, finishes));
    }

    /** Lets what combines partial results wait until all threads have had something else to do. */
    void delayFinishing() {
        for (int i = items.size() - 2; i >= 0; i--) {
            for (int at = i; at < i + MOST_DELAY && at + 1 < items.size() && isDelayed(at); at++) {
                Collections.swap(items, at, at + 1);
            }
        }
    }

    private boolean isDelayed(int at) {
        Item item = items.get(at);
        Item next = items.get(at + 1);
        return item.finishes() && !next.finishes() && !item.effects().hinders(next.effects());
    }

    Walk walk() {
        int[] after = new int[items.size()];
        for (int i = 0; i < after.length; i++) {
            int before = i - 1;
            while (before >= 0
                    && !items.get(before).effects().hinders(items.get(i).effects())) {
                before--;
            }
            after[i] = before;
        }
        return new Walk(items.stream().map(Item::step).toList(), after);
    }

    List<Timeline.Step> parts() {
        return items.stream().map(Item::part).toList();
    }
}
