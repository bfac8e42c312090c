package dev.weft.cli;

import dev.weft.backend.spi.CompileOptions;
import dev.weft.graph.schedule.Schedule;
import dev.weft.models.Artifact;
import dev.weft.models.LoadedModel;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compiles, and shows what the compiler made of a program. */
@Command(
        name = "compile",
        description = "Compile entries of a program and show what the compiler made of them.",
        footer = {
            "",
            "Example: weft compile gpt --entry step --dim B=4,T=64 --set layers=2",
            "         weft compile gpt --entry loss --dim B=4,T=64 --emit schedule",
            "         weft compile gpt --entry step --dim B=4,T=64 --report step.html",
            "         weft compile mlp --entry loss --dim B=8 --emit dot > mlp.dot",
            "         weft compile mlp --entry scores --dim B=8 -o mlp.weftc"
        })
final class CompileCommand extends Action {

    /** In place of a file: on standard output. */
    private static final String TEXT = "-";

    @Mixin
    final EntryOptions target = new EntryOptions();

    @Option(
            names = "--emit",
            paramLabel = "STAGE,…",
            split = ",",
            hideParamSyntax = true,
            description = "Print stages: ${COMPLETION-CANDIDATES}.")
    List<Emit> emit = new ArrayList<>();

    @Option(
            names = "--dump-passes",
            paramLabel = "DIR",
            description = "Write the program after each pass, and what the pass changed, into a folder.")
    @Nullable
    Path dumps;

    @Option(
            names = "--why-not-fused",
            arity = "2",
            paramLabel = "VALUE",
            description =
                    "Tell why two values are not one kernel: each a number of --emit canonical (%%12) or a line (gpt.weft:23).")
    List<String> pair = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write what was compiled into a file, model.weftc, for weft run.")
    @Nullable
    Path artifact;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description =
                    "Take constants from a run or a Hugging Face folder, and put its parameters into the file of -o.")
    @Nullable
    Path from;

    @Option(
            names = "--report",
            arity = "0..1",
            fallbackValue = "-",
            paramLabel = "FILE.html",
            description =
                    "Show what each region computes and moves, and how fast this machine can do it at best: as a page of HTML, or as text if no file is named.")
    @Nullable
    String regions;

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    CompileCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (regions != null && !regions.equals(TEXT)) {
            // Before the work, not after it.
            OutputFile.of("--report", Path.of(regions)).require();
        }
        long start = System.nanoTime();
        if (from != null) {
            return fromModel(from, start);
        }
        boolean isLookedAt = !emit.isEmpty() || dumps != null || !pair.isEmpty() || regions != null || tellsWeights();
        if (artifact != null || !isLookedAt) {
            try (Weft weft = machine.open(weights.type())) {
                long opened = System.nanoTime();
                Program program = target.load(weft);
                return figures(weft, program, start, millis(opened), Map.of());
            }
        }
        Program program = target.load();
        dev.weft.graph.Program lowered = target.lower(program, Set.of());
        double lowering = millis(start);
        CompileTrace trace = new CompileTrace(program.module().file(), lowered);
        try (Weft weft = machine.open(weights.type());
                Model model = weft.compile(lowered, new CompileOptions(false, !emit.isEmpty()), trace)) {
            CompileReport report =
                    new CompileReport(weft.backendName(), target.entries, model, lowering, millis(start));
            if (dumps != null) {
                PassDumps.write(dumps, trace);
                note("the program after each pass is in " + dumps);
            }
            show(report, trace, weft, model);
        }
        return ExitCode.DONE;
    }

    /** Whether it is said which params are not held, and why. */
    private boolean tellsWeights() {
        return weights.areHeld() && (output.verbose || regions != null);
    }

    private int fromModel(Path model, long start) {
        if (artifact == null) {
            throw refused("--from: goes with -o FILE.weftc, which takes the model's parameters");
        }
        try (Weft weft = machine.open(weights.type());
                LoadedModel trained = LoadedModel.open(model, weft)) {
            Map<String, String> constants =
                    new LinkedHashMap<>(trained.program().constants());
            long opened = System.nanoTime();
            Program program = target.load(weft);
            double loading = millis(opened);
            constants.putAll(program.constants());
            return figures(weft, program.with(constants), start, loading, trained.parameters());
        }
    }

    /**
     * Without a look at the stages: what was compiled before need not be compiled again.
     *
     * @param loading milliseconds that it took to have the program
     */
    private int figures(Weft weft, Program program, long start, double loading, Map<String, Tensor> parameters) {
        try (Model model = weft.compile(program, target.requests(program, Set.of()))) {
            double lowering = loading + model.steps().loweringMillis();
            CompileReport report =
                    new CompileReport(weft.backendName(), target.entries, model, lowering, millis(start));
            if (model.steps().isFromCache()) {
                detail("the same was compiled before and is from the cache");
            }
            if (artifact != null) {
                Artifact.write(artifact, weft, model, program.name(), target.entries, parameters);
            }
            result(report.json(), report::print);
        }
        if (artifact != null) {
            note("next: ./weft run %s --entry %s --input NAME=@FILE.npy"
                    .formatted(artifact, target.entries.getFirst()));
        }
        return ExitCode.DONE;
    }

    private void show(CompileReport report, CompileTrace trace, Weft weft, Model model) {
        Map<String, String> stages = new LinkedHashMap<>();
        for (Emit stage : emit) {
            stages.put(stage.toString(), trace.text(stage, target.entries, weft.backend(), weft.backendName(), model));
        }
        List<String> reasons = pair.isEmpty() ? List.of() : reasons(weft, model);
        RegionReport costs = regions == null ? null : RegionReport.of(target.file, target.entries, weft, model);
        if (costs != null && !TEXT.equals(regions)) {
            costs.write(OutputFile.of("--report", Path.of(regions)));
            note("the report is in " + regions);
        }
        List<String> notHeld = tellsWeights() ? trace.notHeld(weights.type()) : List.of();
        if (output.json) {
            Map<String, Object> json = report.json();
            if (tellsWeights()) {
                json.put("not_held", notHeld);
            }
            if (!stages.isEmpty()) {
                json.put("stages", stages);
            }
            if (!pair.isEmpty()) {
                json.put("why_not_fused", reasons);
            }
            if (costs != null) {
                json.put("report", costs.json());
            }
            out().println(JsonText.of(json));
            return;
        }
        stages.values().forEach(out()::print);
        reasons.forEach(out()::println);
        notHeld.forEach(this::note);
        boolean costsShown = costs != null && TEXT.equals(regions);
        if (costsShown) {
            costs.print(out());
        }
        if (stages.isEmpty() && reasons.isEmpty() && !costsShown) {
            report.print(out());
        } else if (!output.quiet) {
            out().flush();
            report.print(terminal().err());
        }
    }

    private List<String> reasons(Weft weft, Model model) {
        List<String> sentences = new ArrayList<>();
        Map<String, Schedule> schedules = CompileTrace.schedules(model, weft.backend());
        for (String entry : target.entries) {
            Schedule schedule = schedules.get(entry);
            if (schedule != null) {
                sentences.addAll(new WhyNotFused(schedule).explain(pair.get(0), pair.get(1)));
            }
        }
        return sentences;
    }

    private static double millis(long since) {
        return (System.nanoTime() - since) / 1e6;
    }
}
