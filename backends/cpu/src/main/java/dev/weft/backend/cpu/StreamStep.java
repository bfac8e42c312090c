package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.PanelKernel;
import dev.weft.backend.cpu.kernel.PanelProduct;
import dev.weft.backend.cpu.kernel.PanelWork;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.runtime.Step;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.schedule.StreamLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Runs a stream region panel by panel. What accumulates runs on one thread, in one order; all else in any. So bytes do not depend on
 * the number of threads.
 */
final class StreamStep implements Step {
    private final PanelWork work;
    private final List<Part> fronts;
    private final List<Part> backs;
    private final KernelFunction kernel;
    private final LiveColumns.Reader reader;
    private final MemorySegment arguments;

    /** For each thread, what the kernel takes for scratch memory. */
    private final MemorySegment[] scratch;

    private final long[] sizes;
    private final boolean[] free;
    private final boolean panelsFree;
    private final int panels;
    private final long units;
    private final long repeats;

    /**
     * A product with its memory.
     *
     * @param calls for each thread, panel and width of it: without and with adding to what is there
     */
    record Part(PanelProduct product, Place a, Place b, Place c, Call[][][][] calls) {}

    /** Multiplies the matrices at these addresses. */
    interface Call {
        void execute(long addressA, long addressB, long addressC, long columns);
    }

    /**
     * Where a matrix lies.
     *
     * @param inScratch whether {@code base} counts from the thread's scratch memory
     * @param outer bytes from step to step along the loops and the rows; nothing in scratch memory
     * @param column bytes from column to column of the panel
     */
    record Place(boolean inScratch, long base, long[] outer, long column) {

        static Place of(PanelProduct.Side side, long base) {
            long bytes = side.bytes();
            long[] outer = side.outer().stream().mapToLong(step -> step * bytes).toArray();
            return new Place(side.inPanel(), base + side.offset() * bytes, outer, side.column() * bytes);
        }

        long address(long scratch, long[] index, long column) {
            long address = base + column * this.column + (inScratch ? scratch : 0);
            for (int axis = 0; axis < outer.length; axis++) {
                address += index[axis] * outer[axis];
            }
            return address;
        }
    }

    StreamStep(
            PanelWork work,
            List<Part> fronts,
            List<Part> backs,
            KernelFunction kernel,
            LiveColumns.Reader reader,
            MemorySegment arguments,
            MemorySegment[] scratch) {
        this.work = work;
        this.fronts = List.copyOf(fronts);
        this.backs = List.copyOf(backs);
        this.kernel = kernel;
        this.reader = reader;
        this.arguments = arguments;
        this.scratch = scratch.clone();
        StreamLayout layout = work.layout();
        int loops = layout.outer().size() - 1;
        this.sizes =
                layout.outer().stream().mapToLong(size -> size).limit(loops).toArray();
        this.free = new boolean[loops];
        long all = 1;
        for (int axis = 0; axis < loops; axis++) {
            free[axis] = layout.isFree(axis);
            all *= sizes[axis];
        }
        this.panelsFree = layout.isFree(loops);
        this.panels = work.ranges().size();
        this.repeats = all / layout.units();
        this.units = layout.units() * (panelsFree ? panels : 1);
    }

    @Override
    public void run(int thread, int threads) {
        long end = Step.firstUnit(units, thread + 1, threads);
        long[] index = new long[sizes.length + 1];
        for (long unit = Step.firstUnit(units, thread, threads); unit < end; unit++) {
            set(index, panelsFree ? unit / panels : unit, true);
            for (long repeat = 0; repeat < repeats; repeat++) {
                set(index, repeat, false);
                if (panelsFree) {
                    panel((int) (unit % panels), index, thread);
                } else {
                    for (int i = 0; i < panels; i++) {
                        panel(work.descending() ? panels - 1 - i : i, index, thread);
                    }
                }
            }
        }
    }

    /** Gives the loops that are free, or those that are not, their counters. */
    private void set(long[] index, long counter, boolean which) {
        long rest = counter;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (free[axis] == which) {
                index[axis] = rest % sizes[axis];
                rest /= sizes[axis];
            }
        }
    }

    private void panel(int panel, long[] index, int thread) {
        MemorySegment memory = scratch[thread];
        long firstRow = panel * work.kernel().panels().rows();
        index[sizes.length] = firstRow;
        PanelKernel.Range range = work.range(panel, index, reader);
        int width = work.width(range.size());
        for (int i = 0; i < fronts.size(); i++) {
            Part part = fronts.get(i);
            multiply(part, part.calls()[thread][panel][width][0], memory.address(), index, range);
        }
        memory.set(ValueLayout.JAVA_LONG, 0, range.from());
        memory.set(ValueLayout.JAVA_LONG, Long.BYTES, range.to());
        long row = 0;
        for (int axis = 0; axis < sizes.length; axis++) {
            row = row * sizes[axis] + index[axis];
        }
        row = row * work.layout().rows() + firstRow;
        kernel.call(arguments, memory, row, row + work.rows(panel));
        for (int i = 0; i < backs.size(); i++) {
            Part part = backs.get(i);
            boolean adds = adds(part, panel, index);
            multiply(part, part.calls()[thread][panel][width][adds ? 1 : 0], memory.address(), index, range);
        }
    }

    private static void multiply(Part part, Call call, long scratch, long[] index, PanelKernel.Range range) {
        call.execute(
                part.a().address(scratch, index, range.from()),
                part.b().address(scratch, index, range.from()),
                part.c().address(scratch, index, range.from()),
                range.size());
    }

    /** Whether this panel is not the first to write to this place of the result. */
    private boolean adds(Part part, int panel, long[] index) {
        for (int axis = 0; axis < sizes.length; axis++) {
            if (part.c().outer()[axis] == 0 && index[axis] > 0) {
                return true;
            }
        }
        return part.product().accumulates() && panel != (work.descending() ? panels - 1 : 0);
    }
}
