package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.StreamTask.Operand;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.schedule.StreamLayout.Back;
import dev.weft.graph.schedule.StreamLayout.Front;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tiles of a stream kernel: chosen from head sizes, element types, and what shared memory and registers hold.
 *
 * @param tensorCores whether bf16 factors are multiplied by tensor cores; otherwise all factors are f32, by the threads themselves
 * @param panel positions that a block keeps: 16 for each warp with tensor cores, 4 for each 16 threads without
 * @param walk positions of a tile
 * @param buffers tiles in shared memory: the second is filled while the first is used
 * @param sharedBytes of a block
 * @param residentBlocks blocks for which a multiprocessor's registers must suffice at a time
 */
record TilePlan(boolean tensorCores, int panel, int walk, int buffers, int sharedBytes, int residentBlocks) {

    /** A thread has at most 255, and some are for addresses and for what stands between the products. */
    private static final int REGISTERS = 190;

    private static final long MOST_OWN = 256;
    private static final int MOST_PANEL = 64;
    private static final List<Integer> WALKS = List.of(64, 32, 16);
    private static final int ALIGNMENT = 16;

    /** Sizes of products' own axes go in such steps. */
    private static final int OWN_STEP = 16;

    /** Shared memory of a multiprocessor is worth sharing out among two blocks at least. */
    private static final int BLOCKS = 2;

    /** Of a multiprocessor, and in what steps a warp's threads get them. */
    private static final int ALL_REGISTERS = 1 << 16;

    private static final int REGISTER_STEP = 8;

    /** More than are counted, where a tile may reach beyond its matrix. */
    private static final int RAGGED = 32;

    /** Shared memory that a block takes besides its own. */
    private static final int BLOCK_BYTES = 1 << 10;

    /** The largest tiles that fit; empty where none do, or where the elements are no numbers that are multiplied here. */
    static Optional<TilePlan> of(StreamTask task, DeviceFacts facts) {
        boolean small = task.factors().stream()
                .allMatch(element ->
                        element == ElementType.F32 || element == ElementType.BF16 || element == ElementType.F16);
        boolean narrow = operands(task).stream().allMatch(operand -> operand.own() <= MOST_OWN);
        if (!small || !narrow) {
            return Optional.empty();
        }
        boolean tensorCores = task.factors().equals(Set.of(ElementType.BF16));
        int panel = panel(task.panelSize());
        for (long room : new long[] {facts.sharedBytesPerBlock() / BLOCKS, facts.sharedBytesPerBlock()}) {
            for (int buffers : new int[] {2, 1}) {
                for (int walk : WALKS) {
                    TilePlan plan = new TilePlan(tensorCores, panel, walk, buffers, 0, 1);
                    long bytes = plan.layout(task).bytes();
                    boolean needed = walk == WALKS.getLast() || walk < 2 * task.walkSize();
                    if (needed && bytes <= room && plan.registers(task) <= REGISTERS) {
                        int blocks = plan.residentBlocks(task, facts.sharedBytesPerBlock() / (bytes + BLOCK_BYTES));
                        return Optional.of(
                                new TilePlan(tensorCores, panel, walk, buffers, Math.toIntExact(bytes), blocks));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static int panel(long size) {
        int panel = MOST_PANEL;
        while (panel / 2 >= size && panel > 16) {
            panel /= 2;
        }
        return panel;
    }

    private static List<Operand> operands(StreamTask task) {
        return Stream.concat(
                        task.layout().fronts().stream()
                                .flatMap(front -> Stream.of(task.resident(front), task.walked(front))),
                        task.backs().stream().map(task::walked))
                .toList();
    }

    int threads() {
        return tensorCores ? panel / 16 * 32 : panel * 4;
    }

    ElementType element() {
        return tensorCores ? ElementType.BF16 : ElementType.F32;
    }

    /** An axis of a factor with what is added to make it whole steps. */
    int padded(long own) {
        return Math.toIntExact(Math.ceilDiv(own, OWN_STEP) * OWN_STEP);
    }

    /** Elements from row to row in shared memory, so that rows begin in different banks. */
    int stride(long own) {
        return padded(own) + ALIGNMENT / element().bytes();
    }

    /** Sums of a product that each thread holds, along its own axis. */
    int sums(Back back) {
        return tensorCores ? padded(back.width()) / 8 * 4 : padded(back.width()) / OWN_STEP * 4;
    }

    private int registers(StreamTask task) {
        int sums = task.backs().stream().mapToInt(this::sums).sum();
        int scores = tensorCores ? walk / 2 : walk / 4;
        int arrays =
                task.layout().fronts().size() + (tensorCores ? task.panels().size() : 0);
        int factors = tensorCores ? 8 : 20;
        return sums + scores * Math.max(2, arrays) + factors;
    }

    /**
     * As many blocks as shared memory holds, if the compiler can keep to the registers that are left to each: left alone it takes some
     * more than it needs, with which a block less is resident. It needs up to a fifth more than are counted here, and some for tiles
     * that are not whole.
     */
    private int residentBlocks(StreamTask task, long most) {
        boolean ragged = task.panelSize() % panel != 0 || task.walkSize() % walk != 0;
        int counted = registers(task);
        int needed = Math.max(Math.ceilDiv(6 * counted, 5), ragged ? counted + RAGGED : counted);
        int blocks = 1;
        while (tensorCores && blocks < most && needed <= registersOfEach(blocks + 1)) {
            blocks++;
        }
        return blocks;
    }

    private int registersOfEach(int blocks) {
        return ALL_REGISTERS / (blocks * threads()) / REGISTER_STEP * REGISTER_STEP;
    }

    /** Where everything lies in shared memory. */
    Layout layout(StreamTask task) {
        return new Layout(this, task);
    }

    /** Offsets in shared memory, in bytes. */
    static final class Layout {
        private final TilePlan plan;
        private final StreamTask task;
        private final List<Operand> residents;
        private final List<Operand> walked;
        private final List<Integer> residentOffsets = new ArrayList<>();
        private final List<Integer> walkedOffsets = new ArrayList<>();
        private final int panels;
        private final int bytes;
        private final int tile;

        Layout(TilePlan plan, StreamTask task) {
            this.plan = plan;
            this.task = task;
            Set<Front> used = new LinkedHashSet<>();
            IntStream.range(0, task.nest().passes()).forEach(pass -> used.addAll(task.fronts(pass)));
            this.residents = used.stream().map(task::resident).distinct().toList();
            this.walked = Stream.concat(
                            used.stream().map(task::walked),
                            task.backs().stream().map(task::walked))
                    .distinct()
                    .toList();
            int at = 0;
            for (Operand operand : residents) {
                residentOffsets.add(at);
                at += plan.panel() * plan.stride(operand.own()) * plan.element().bytes();
            }
            panels = at;
            if (!plan.tensorCores()) {
                at += task.panels().size() * plan.panel() * plan.stride(plan.walk()) * Float.BYTES;
            }
            int start = at;
            for (Operand operand : walked) {
                walkedOffsets.add(at);
                at += plan.walk() * plan.stride(operand.own()) * plan.element().bytes();
            }
            tile = at - start;
            bytes = start + tile * plan.buffers();
        }

        int bytes() {
            return bytes;
        }

        List<Operand> residents() {
            return residents;
        }

        /** Everything that is walked along, each once. */
        List<Operand> walked() {
            return walked;
        }

        int resident(Operand operand) {
            return residentOffsets.get(residents.indexOf(operand));
        }

        /** In the first buffer. */
        int walked(Operand operand) {
            return walkedOffsets.get(walked.indexOf(operand));
        }

        /** Where a panel of values lies that threads share with each other. */
        int panel(int which) {
            return panels + which * plan.panel() * plan.stride(plan.walk()) * Float.BYTES;
        }

        /** Bytes from a buffer to the next. */
        int tileBytes() {
            return tile;
        }

        /** What a pass walks along. */
        List<Operand> walked(int pass) {
            Stream<Operand> fronts = task.fronts(pass).stream().map(task::walked);
            Stream<Operand> backs = task.sums(pass) ? task.backs().stream().map(task::walked) : Stream.of();
            return Stream.concat(fronts, backs).distinct().toList();
        }
    }

    /** Whether a product's result is rounded to fewer bits than it is summed in. */
    static ElementType result(Front front) {
        return ((DotGeneral) front.value().op()).element();
    }
}
