package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an entry does, as a graph of the device that is recorded at the first run and replayed at each: the copy of its inputs, its
 * kernels and products, and the copy of what its checks found. Where the run before is not known to be done, or where inputs were
 * expected, a second stream brings them meanwhile, and the graph that is replayed is without the copy from the host.
 */
public final class EntryRun {
    /** Of a check: whether an index was outside, and which. */
    public static final long STATUS_BYTES = 2L * Long.BYTES;

    /** A property that, if true, makes every run one of single pieces that are waited for, in place of a graph: what fails is named. */
    public static final String STEPWISE = "weft.cuda.stepwise";

    /** Of pinned memory, for a run that begins when all others are done; the others are for {@link #bring}. */
    private static final int ALONE = 0;

    private final Held held;
    private final Device device;
    private final Lanes lanes;
    private final EntryMemory memory;
    private final Checks checks;
    private final List<Launch> launches = new ArrayList<>();
    private final @Nullable EntryTimes times;
    private final String entry;
    private final boolean stepwise;
    private final long[] brought = new long[EntryMemory.SLOTS];
    private final boolean[] used = new boolean[EntryMemory.SLOTS];
    private final long taken;
    private boolean hasTaken;
    private int slot = 1;
    private boolean expected;
    private long alone;
    private long behind;

    /**
     * @param messages of the entry's checks, each with {@code %d} for the index
     * @param timed whether each run is waited for and its parts are timed
     */
    public EntryRun(Held held, Lanes lanes, EntryMemory memory, List<String> messages, String entry, boolean timed) {
        this.held = held;
        this.device = held.device();
        this.lanes = lanes;
        this.memory = memory;
        this.checks = new Checks(held, messages, entry, lanes.work());
        for (int i = ALONE + 1; i < brought.length; i++) {
            brought[i] = held.event();
        }
        this.taken = held.event();
        this.times = timed ? new EntryTimes(held) : null;
        this.entry = entry;
        this.stepwise = !timed && Boolean.getBoolean(STEPWISE);
    }

    /** Where check number {@code index} leaves what it finds. */
    public long status(int index) {
        return checks.status(index);
    }

    /** @param part asked for where parts are timed; as for the others */
    public void kernel(long function, Grid grid, MemorySegment parameters, Supplier<Timeline.Step> part) {
        add(new Launch.Run(function, grid, parameters), part);
    }

    public void product(long product, Multiplication.Addresses at, long workspace, Supplier<Timeline.Step> part) {
        add(new Launch.Multiply(product, at, workspace), part);
    }

    public void copy(long from, long to, long bytes, Supplier<Timeline.Step> part) {
        add(new Launch.Copy(from, to, bytes), part);
    }

    private void add(Launch launch, Supplier<Timeline.Step> part) {
        launches.add(timed(launch, part));
    }

    private Launch timed(Launch launch, Supplier<Timeline.Step> part) {
        if (stepwise) {
            return new Launch.Named(launch, part.get());
        }
        return times == null ? launch : new Launch.Timed(launch, part.get(), times);
    }

    /**
     * Runs the entry; returns before it has finished, unless it is timed.
     *
     * @param inputs all that the entry takes, of the right sizes
     */
    public void run(Map<String, MemorySegment> inputs) {
        if (times == null) {
            start(inputs);
            return;
        }
        lanes.settle();
        times.begin();
        start(inputs);
        lanes.settle();
        times.end();
    }

    private void start(Map<String, MemorySegment> inputs) {
        boolean isThere = expected && memory.holds(slot, inputs);
        expected = false;
        if (memory.inputs() == 0) {
            replayBehind();
        } else if (!isThere && lanes.isIdle()) {
            memory.stage(ALONE, inputs);
            replayAlone();
        } else {
            if (!isThere) {
                bring(inputs);
            }
            take();
            replayBehind();
        }
    }

    /** Begins to bring what the next run will take, if it does. */
    public void expect(Map<String, MemorySegment> inputs) {
        if (memory.inputs() != 0 && times == null) {
            bring(inputs);
            expected = true;
        }
    }

    private void bring(Map<String, MemorySegment> inputs) {
        slot = slot == 1 ? 2 : 1;
        if (used[slot]) {
            lanes.waitFor(brought[slot]);
        }
        memory.stage(slot, inputs);
        if (hasTaken) {
            device.await(lanes.copies(), taken);
        }
        device.copyIn(lanes.copies(), memory.next(), memory.staging(slot));
        device.record(brought[slot], lanes.copies());
        used[slot] = true;
    }

    /** From where inputs were brought to where kernels read them, behind the run before. */
    private void take() {
        long work = lanes.work();
        device.await(work, brought[slot]);
        device.copy(work, memory.inputs(), memory.next(), memory.staging(slot).byteSize());
        device.record(taken, work);
        hasTaken = true;
    }

    private void replayAlone() {
        long work = lanes.work();
        Launch inputs = new Launch.CopyIn(memory.staging(ALONE), memory.inputs());
        List<Launch> before = List.of(timed(inputs, () -> new Timeline.Step("inputs", Timeline.NO_REGION)));
        if (stepwise) {
            pieces(work, before);
            return;
        }
        if (alone == 0) {
            device.beginCapture(work);
            alone = recorded(work, before);
        }
        device.replay(work, alone);
    }

    private void replayBehind() {
        long work = lanes.work();
        if (stepwise) {
            pieces(work, List.of());
            return;
        }
        if (behind == 0) {
            device.beginCapture(work);
            behind = recorded(work, List.of());
        }
        device.replay(work, behind);
    }

    /** What a graph would do, each piece waited for. */
    private void pieces(long work, List<Launch> before) {
        List<Launch> all = new ArrayList<>(before);
        all.addAll(launches);
        for (int i = 0; i < all.size(); i++) {
            try {
                all.get(i).on(device, work);
                device.synchronize(work);
            } catch (DefectException failed) {
                throw new DefectException(piece(i, all) + failed.getMessage(), failed);
            } catch (MachineException failed) {
                throw new MachineException(piece(i, all) + failed.getMessage(), failed);
            }
        }
        checks.copyOut(work);
    }

    private String piece(int number, List<Launch> all) {
        String part = all.get(number) instanceof Launch.Named named
                ? named.part().name() + " of region " + named.part().region()
                : "";
        return "entry %s, piece %d of %d, %s: ".formatted(entry, number + 1, all.size(), part);
    }

    private long recorded(long work, List<Launch> before) {
        try {
            before.forEach(launch -> launch.on(device, work));
            launches.forEach(launch -> launch.on(device, work));
            if (times != null) {
                times.mark(work);
            }
            checks.copyOut(work);
        } catch (RuntimeException failed) {
            abandon(work, failed);
            throw failed;
        }
        return held.recorded(work);
    }

    /** Ends recording, so that the stream can be used and closed. */
    private void abandon(long work, RuntimeException failed) {
        try {
            device.endGraph(device.endCapture(work));
        } catch (RuntimeException also) {
            failed.addSuppressed(also);
        }
    }

    /** When the parts of the last run began and ended; empty if none was timed. */
    public Optional<Timeline> timeline() {
        return times == null ? Optional.empty() : times.last();
    }

    /**
     * Tells of an index outside its bounds in any run since this was asked last; all of them must be known to be done.
     *
     * @throws UserException if there was one
     */
    public void tell() {
        checks.tell(lanes);
    }
}
