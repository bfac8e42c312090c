package dev.weft.backend.cpu;

import dev.weft.backend.cpu.runtime.StepTimes;
import dev.weft.backend.cpu.runtime.Walk;
import dev.weft.backend.spi.Timeline;
import java.util.List;
import java.util.Optional;

/** The times of the last run of an entry. */
final class EntryTimes {
    private final List<Timeline.Step> parts;
    private final int threads;
    private final StepTimes times;
    private long begin;
    private long end;

    EntryTimes(BoundKernels.EntrySteps entry, int threads) {
        this.parts = entry.parts();
        this.threads = threads;
        this.times = new StepTimes(entry.walk(), threads);
    }

    /** The entry's steps, each noting its times. */
    Walk walk() {
        return times.walk();
    }

    void begin() {
        begin = System.nanoTime();
        end = 0;
    }

    void end() {
        end = System.nanoTime();
    }

    /** Empty if no run has come to its end. */
    Optional<Timeline> last() {
        return end == 0 ? Optional.empty() : Optional.of(new Timeline(parts, threads, begin, end, times.nanos()));
    }
}
