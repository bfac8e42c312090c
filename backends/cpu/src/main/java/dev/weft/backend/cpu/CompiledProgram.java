package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.kernel.Product;
import dev.weft.backend.cpu.kernel.RegionWork;
import dev.weft.backend.cpu.kernel.Work;
import dev.weft.backend.cpu.nativelib.CompiledModule;
import dev.weft.backend.cpu.nativelib.LlvmCompiler;
import dev.weft.backend.cpu.nativelib.Matmul;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics.Again;
import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.plan.AlikeRegions;
import dev.weft.graph.plan.EntryPlan;
import dev.weft.graph.plan.Location;
import dev.weft.graph.plan.MemoryBudget;
import dev.weft.graph.plan.Plan;
import dev.weft.graph.plan.PlanText;
import dev.weft.graph.plan.RegionPlaces;
import dev.weft.graph.plan.Step;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.RegionCost;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.schedule.ScheduleText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program after scheduling, planning and code generation, before it has memory.
 *
 * @param entries what each entry does, by name; asked when it is bound to memory
 * @param schedules what each entry runs, by name; empty of a program that was loaded
 * @param kernels machine code of all distinct kernels
 * @param products the products of {@code entries}, for oneDNN; waited for when the first of them is bound
 * @param timed whether runs note the times of their steps
 * @param known what it needs beside its plan, if it was loaded from where that is noted
 */
record CompiledProgram(
        Plan plan,
        Map<String, Supplier<List<RegionSteps>>> entries,
        Map<String, Schedule> schedules,
        KernelSet kernels,
        Supplier<OneDnn> products,
        Map<String, EntryStatistics> statistics,
        List<Stage> stages,
        boolean timed,
        Again again,
        double millis,
        @Nullable Needs known) {

    private static final long ALIGNMENT = 64;

    /** Bytes of temporaries that regions use in turns: what is summed by tiles takes some hundred KiB. */
    private static final long ROOM_FOR_NEIGHBOURS = 1 << 20;

    /**
     * Memory that a session needs beside its plan.
     *
     * @param scratchBytes for each thread
     * @param temporaryBytes of the region that needs most
     * @param blockBytes for arguments of kernels
     */
    record Needs(long scratchBytes, long temporaryBytes, long blockBytes) {}

    /**
     * What is done for one step of a plan.
     *
     * @param step the plan's
     * @param places where the values of its region lie
     * @param temporaries values that need memory of their own while the region runs
     * @param work nothing for a copy
     */
    record RegionSteps(Step step, Map<Value, Location> places, List<Value> temporaries, List<Work> work) {}

    /**
     * @param products waited for when the first product is written
     * @param budget most bytes of slabs and arena, kept by computing values again
     * @param room throws if there is less memory than these bytes; asked as soon as they are known, before kernels are compiled
     */
    static CompiledProgram of(
            Program program,
            FusionModel model,
            CompileOptions options,
            KernelCache cache,
            Supplier<OneDnn> products,
            long budget,
            LongConsumer room) {
        long start = System.nanoTime();
        MemoryBudget budgeted = budgeted(program, model, budget);
        room.accept(budgeted.plan().peakBytes(0));
        // LLVM works on the first kernels while the last ones are written.
        try (KernelCache.Batch batch = cache.begin(keep(options))) {
            return of(budgeted, options, new KernelSet(batch::add), batch::finish, products.get(), start);
        }
    }

    /** Written and not compiled: what memory it needs is known then. */
    static CompiledProgram written(Program program, FusionModel model, Supplier<OneDnn> products, long budget) {
        KernelSet texts = new KernelSet(text -> {});
        MemoryBudget budgeted = budgeted(program, model, budget);
        return of(budgeted, CompileOptions.DEFAULT, texts, List::of, products.get(), System.nanoTime());
    }

    private static MemoryBudget budgeted(Program program, FusionModel model, long budget) {
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        for (Entry entry : program.entries()) {
            schedules.put(entry.name(), Schedule.of(program.body(entry), model));
        }
        return MemoryBudget.of(program, schedules, budget);
    }

    private static LlvmCompiler.Keep keep(CompileOptions options) {
        return options.keepStages() ? LlvmCompiler.Keep.TEXTS : LlvmCompiler.Keep.OBJECT_ONLY;
    }

    private static CompiledProgram of(
            MemoryBudget budgeted,
            CompileOptions options,
            KernelSet kernels,
            Supplier<List<CompiledModule>> compiled,
            OneDnn products,
            long start) {
        Plan plan = budgeted.plan();
        Map<String, Supplier<List<RegionSteps>>> entries = new LinkedHashMap<>();
        Map<String, EntryStatistics> statistics = new HashMap<>();
        List<Stage> stages = new ArrayList<>();
        AlikeRegions<List<Work>> alike = new AlikeRegions<>(RegionWork::told);
        for (EntryPlan entry : plan.entries()) {
            Schedule schedule = budgeted.schedules().get(entry.entry());
            List<RegionSteps> steps = new ArrayList<>();
            for (Step step : entry.steps()) {
                steps.add(steps(step, schedule, alike, kernels, products));
            }
            entries.put(entry.entry(), () -> steps);
            if (options.keepStages()) {
                stages.add(new Stage("schedule", entry.entry(), ScheduleText.print(schedule)));
                stages.add(new Stage("kernels", entry.entry(), StageTexts.kernels(steps, schedule, kernels)));
            }
        }
        budgeted.schedules().forEach((name, schedule) -> statistics.put(name, statistics(schedule)));
        kernels.compiled(compiled.get());
        if (options.keepStages()) {
            stages.add(new Stage("plan", "", PlanText.print(plan)));
            stages.addAll(kernels.stages());
        }
        double millis = (System.nanoTime() - start) / 1e6;
        return new CompiledProgram(
                plan,
                entries,
                budgeted.schedules(),
                kernels,
                () -> products,
                statistics,
                stages,
                options.timed(),
                again(budgeted),
                millis,
                null);
    }

    private static EntryStatistics statistics(Schedule schedule) {
        RegionCost cost = schedule.cost();
        return new EntryStatistics(schedule.regions().size(), cost.flops(), cost.bytesMoved());
    }

    private static Again again(MemoryBudget budget) {
        return new Again(
                budget.runsAgain(), budget.cost().flops(), budget.cost().bytesMoved(), budget.savedBytes());
    }

    /** All memory that a session of so many threads takes for tensors and for what its kernels need beside them. */
    long peakBytes(int threads) {
        return plan.peakBytes(temporaryBytes() + threads * scratchBytes());
    }

    private static RegionSteps steps(
            Step step, Schedule schedule, AlikeRegions<List<Work>> alike, KernelSet kernels, OneDnn products) {
        return switch (step) {
            case Step.Copy copy -> new RegionSteps(copy, Map.of(), List.of(), List.of());
            case Step.Run run -> {
                AlikeRegions.Made<List<Work>> made = alike.of(
                        schedule.regions().get(run.region()),
                        run,
                        (region, places) -> work(region, places, kernels, products));
                List<Value> temporaries = RegionWork.temporaries(made.model(), made.work());
                yield new RegionSteps(run, made.places().locations(), temporaries, made.work());
            }
        };
    }

    private static List<Work> work(Region region, RegionPlaces places, KernelSet kernels, OneDnn products) {
        List<Work> work = RegionWork.of(
                region, places.sharing(), problem -> products.matmul(problem).isPresent());
        kernels(work).forEach(kernels::add);
        return work;
    }

    /** Private memory that each thread needs. */
    long scratchBytes() {
        if (known != null) {
            return known.scratchBytes();
        }
        long most = 64;
        for (Supplier<List<RegionSteps>> steps : entries.values()) {
            for (RegionSteps step : steps.get()) {
                for (Work work : step.work()) {
                    most = Math.max(most, scratchBytes(work));
                }
            }
        }
        return most;
    }

    private long scratchBytes(Work work) {
        return switch (work) {
            case Work.Run run -> run.kernel().scratchBytes();
            case Work.Loop loop -> loop.kernel().scratchBytes();
            case Work.Check check -> check.kernel().scratchBytes();
            case Work.Multiply multiply -> {
                Product.Tile tile = multiply.product().tile();
                long elements = isInScratch(multiply) ? tile.rows() * tile.columns() : 0;
                yield tileOffset(multiply)
                        + elements * multiply.product().c().type().element().bytes();
            }
            case Work.Stream stream ->
                panelOffset(stream) + stream.panels().kernel().kernel().scratchBytes();
        };
    }

    /** Where tiles lie in a thread's scratch memory: behind what oneDNN needs. */
    long tileOffset(Work.Multiply multiply) {
        long most = 0;
        for (Product.Tile tile : multiply.product().tiles()) {
            for (Matmul matmul : matmuls(multiply, tile)) {
                most = Math.max(most, matmul.scratchBytes());
            }
        }
        return Math.ceilDiv(most, ALIGNMENT) * ALIGNMENT;
    }

    /** Where panels lie in a thread's scratch memory: behind what oneDNN needs. */
    long panelOffset(Work.Stream stream) {
        long most = stream.panels()
                .problems()
                .mapToLong(
                        problem -> products.get().matmul(problem).orElseThrow().scratchBytes())
                .max()
                .orElse(0);
        return Math.ceilDiv(most, ALIGNMENT) * ALIGNMENT;
    }

    static boolean isInScratch(Work.Multiply multiply) {
        return multiply.epilogue().map(Work.Epilogue::inScratch).orElse(false);
    }

    /** The pieces of the sum of a tile, see {@link Product#problems}. */
    List<Matmul> matmuls(Work.Multiply multiply, Product.Tile tile) {
        return multiply.product().problems(tile, isInScratch(multiply)).stream()
                .map(problem -> products.get().matmul(problem).orElseThrow())
                .toList();
    }

    /** Memory for partial results and for products that are no outputs: of the region that needs most, and room for its neighbours. */
    long temporaryBytes() {
        if (known != null) {
            return known.temporaryBytes();
        }
        long most = 0;
        for (Supplier<List<RegionSteps>> steps : entries.values()) {
            for (RegionSteps step : steps.get()) {
                most = Math.max(most, new Temporaries(step).bytes());
            }
        }
        return most + ROOM_FOR_NEIGHBOURS;
    }

    /** Memory for the arguments of all that a session of so many threads calls. */
    long blockBytes(int threads) {
        if (known != null) {
            return known.blockBytes();
        }
        return entries.values().stream()
                .mapToLong(steps -> ArgumentBlocks.bytes(steps.get(), threads))
                .reduce(SessionMemory.whole(ArgumentBlocks.STATUS_BYTES), Long::sum);
    }

    static List<Kernel> kernels(List<Work> work) {
        List<Kernel> kernels = new ArrayList<>();
        for (Work part : work) {
            switch (part) {
                case Work.Run run -> kernels.add(run.kernel());
                case Work.Loop loop -> kernels.add(loop.kernel());
                case Work.Check check -> kernels.add(check.kernel());
                case Work.Multiply multiply ->
                    multiply.epilogue().ifPresent(epilogue -> kernels.add(epilogue.kernel()));
                case Work.Stream stream -> kernels.addAll(stream.panels().kernels());
            }
        }
        return kernels;
    }
}
