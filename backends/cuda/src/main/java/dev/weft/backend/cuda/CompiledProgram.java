package dev.weft.backend.cuda;

import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.epilogue.NarrowEndings;
import dev.weft.backend.cuda.epilogue.RoundedSums;
import dev.weft.backend.cuda.region.OperandSums;
import dev.weft.backend.cuda.region.ProductSupport;
import dev.weft.backend.cuda.region.RegionWork;
import dev.weft.backend.cuda.region.Work;
import dev.weft.backend.cuda.runtime.CountedBytes;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics.Again;
import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
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
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A program after scheduling, planning and code generation, before it has memory.
 *
 * @param entries what each entry does, by name
 * @param schedules what each entry runs, by name
 */
record CompiledProgram(
        Plan plan,
        Map<String, List<RegionSteps>> entries,
        Map<String, Schedule> schedules,
        KernelSet kernels,
        Map<String, EntryStatistics> statistics,
        List<Stage> stages,
        Again again,
        double millis) {

    /**
     * What is done for one step of a plan.
     *
     * @param step the plan's
     * @param places where the values of its region lie
     * @param temporaries values that need memory of their own while the region runs
     * @param work nothing for a copy
     */
    record RegionSteps(Step step, Map<Value, Location> places, List<Value> temporaries, List<Work> work) {}

    /** A program without a budget, with its kernels. */
    static CompiledProgram of(
            Program program, FusionModel model, CompileOptions options, KernelCache cache, ProductSupport support) {
        return of(program, model, options, BackendOptions.UNLIMITED, support, _ -> new KernelSet())
                .compiled(cache, options);
    }

    /**
     * A program whose kernels are written, and not yet compiled, or not all.
     *
     * @param budget most bytes of slabs and arena, kept by computing values again
     * @param empty gives what its kernels are added to, by the bytes of slabs and arena
     */
    static CompiledProgram of(
            Program given,
            FusionModel model,
            CompileOptions options,
            long budget,
            ProductSupport support,
            LongFunction<KernelSet> empty) {
        long start = System.nanoTime();
        Program program = new RoundedSums().apply(new NarrowEndings().apply(given));
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        for (Entry entry : program.entries()) {
            schedules.put(entry.name(), OperandSums.moved(Schedule.of(program.body(entry), model), support));
        }
        MemoryBudget budgeted = MemoryBudget.of(program, schedules, budget, RegionWork::mayOverwrite);
        Plan plan = budgeted.plan();
        KernelSet kernels = empty.apply(plan.peakBytes(0));
        Map<String, List<RegionSteps>> entries = new LinkedHashMap<>();
        Map<String, EntryStatistics> statistics = new HashMap<>();
        List<Stage> stages = new ArrayList<>();
        AlikeRegions<RegionWork> alike = new AlikeRegions<>(input -> true);
        for (EntryPlan entry : plan.entries()) {
            Schedule schedule = budgeted.schedules().get(entry.entry());
            List<RegionSteps> steps = new ArrayList<>();
            for (Step step : entry.steps()) {
                steps.add(steps(step, schedule, alike, kernels, support));
            }
            entries.put(entry.entry(), steps);
            if (options.keepStages()) {
                stages.add(new Stage("schedule", entry.entry(), ScheduleText.print(schedule)));
            }
        }
        budgeted.schedules().forEach((name, schedule) -> statistics.put(name, statistics(schedule)));
        if (options.keepStages()) {
            stages.add(new Stage("plan", "", PlanText.print(plan)));
        }
        double millis = (System.nanoTime() - start) / 1e6;
        return new CompiledProgram(
                plan, entries, budgeted.schedules(), kernels, statistics, stages, again(budgeted), millis);
    }

    private static EntryStatistics statistics(Schedule schedule) {
        RegionCost cost = schedule.cost();
        return new EntryStatistics(schedule.regions().size(), cost.flops(), cost.bytesMoved());
    }

    private static Again again(MemoryBudget budget) {
        return new Again(
                budget.runsAgain(), budget.cost().flops(), budget.cost().bytesMoved(), budget.savedBytes());
    }

    /** The same with its kernels compiled. */
    CompiledProgram compiled(KernelCache cache, CompileOptions options) {
        long start = System.nanoTime();
        kernels.compile(cache);
        List<Stage> all = new ArrayList<>(stages);
        if (options.keepStages()) {
            all.add(new Stage("cuda", "", kernels.text()));
            all.add(new Stage("registers", "", kernels.log()));
        }
        double more = (System.nanoTime() - start) / 1e6;
        return new CompiledProgram(plan, entries, schedules, kernels, statistics, all, again, millis + more);
    }

    private static RegionSteps steps(
            Step step, Schedule schedule, AlikeRegions<RegionWork> alike, KernelSet kernels, ProductSupport support) {
        return switch (step) {
            case Step.Copy copy -> new RegionSteps(copy, Map.of(), List.of(), List.of());
            case Step.Run run -> {
                AlikeRegions.Made<RegionWork> made = alike.of(
                        schedule.regions().get(run.region()),
                        run,
                        (region, places) -> work(region, places, schedule.graph(), kernels, support));
                yield new RegionSteps(
                        run,
                        made.places().locations(),
                        made.work().temporaries(),
                        made.work().work());
            }
        };
    }

    private static RegionWork work(
            Region region, RegionPlaces places, Graph graph, KernelSet kernels, ProductSupport support) {
        RegionWork work = RegionWork.of(region, places.sharing(), support);
        String path = path(graph, region);
        work.work().forEach(part -> kernel(part).ifPresent(kernel -> kernels.add(kernel, path)));
        return work;
    }

    /** Bytes that the hungriest region needs while it runs. */
    long temporaryBytes() {
        return entries.values().stream()
                .flatMap(List::stream)
                .mapToLong(steps -> new Temporaries(steps).bytes())
                .max()
                .orElse(0);
    }

    /** The device memory that a session would hold, but for code. */
    CountedBytes deviceBytes(Program program) {
        CountedBytes counted = new CountedBytes();
        new SessionMemory(counted, program, this);
        BoundProgram.count(counted, this);
        return counted;
    }

    static Optional<Kernel> kernel(Work work) {
        return switch (work) {
            case Work.Run run -> Optional.of(run.kernel());
            case Work.Check check -> Optional.of(check.kernel());
            case Work.Multiply _ -> Optional.empty();
        };
    }

    /** Where in the model the region's results come from; its kind where that is not known. */
    private static String path(Graph graph, Region region) {
        return region.outputs().reversed().stream()
                .flatMap(value -> graph.provenance().of(value).stream())
                .map(Origin::path)
                .filter(path -> !path.isEmpty())
                .findFirst()
                .orElse(region.kind().toString());
    }
}
