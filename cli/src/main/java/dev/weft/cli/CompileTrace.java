package dev.weft.cli;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.dsl.ast.Printer;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.pass.weights.Weights;
import dev.weft.graph.plan.Plan;
import dev.weft.graph.plan.PlanText;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.schedule.ScheduleText;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.models.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A compilation that can be looked at: the program after each pass, the schedule and plan that the backend's fusion model asks for, and the backend's own stages.
 */
final class CompileTrace implements Pipeline.Observer {

    private static final ProgramPrinter PRINTER = new ProgramPrinter(ProgramPrinter.Origins.SHOWN);

    private final SourceFile syntax;
    private final Program lowered;
    private final SequencedMap<String, Program> passes = new LinkedHashMap<>();

    /** @param syntax the program's file */
    CompileTrace(SourceFile syntax, Program lowered) {
        this.syntax = syntax;
        this.lowered = lowered;
    }

    @Override
    public void after(int number, Pass pass, Program result) {
        passes.put(pass.name(), result);
    }

    /** The program after each pass, by {@code 01-NAME}; {@code 00-lowered} before all. */
    SequencedMap<String, String> programs() {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        texts.put("00-lowered", PRINTER.text(lowered));
        passes.forEach((name, program) -> texts.put("%02d-%s".formatted(texts.size(), name), PRINTER.text(program)));
        return texts;
    }

    /** What each pass changed, by {@code 01-NAME}. */
    SequencedMap<String, String> diffs() {
        SequencedMap<String, String> diffs = new LinkedHashMap<>();
        Program before = lowered;
        String from = "lowered";
        for (Map.Entry<String, Program> pass : passes.entrySet()) {
            String name = "%02d-%s".formatted(diffs.size() + 1, pass.getKey());
            diffs.put(name, PassDiff.of(from, before, pass.getKey(), pass.getValue()));
            before = pass.getValue();
            from = pass.getKey();
        }
        return diffs;
    }

    /**
     * The text of a stage, of these entries where it has a part for each.
     *
     * @throws UserException if the backend has none
     */
    String text(Emit stage, List<String> entries, Backend backend, String backendName, Model model) {
        boolean byBackend = model.stages().stream().anyMatch(one -> one.name().equals(stage.toString()));
        if (byBackend) {
            return stages(stage.toString(), entries, backendName, model);
        }
        return switch (stage) {
            case AST -> Printer.print(syntax);
            case GRAPH -> PRINTER.text(lowered);
            case GRAD -> PRINTER.text(program("differentiate"));
            case CANONICAL -> PRINTER.text(program("canonical"));
            case PRECISION -> PRINTER.text(model.compilation().compiled());
            case SCHEDULE ->
                schedules(model, backend).entrySet().stream()
                        .filter(entry -> entries.contains(entry.getKey()))
                        .map(entry -> ScheduleText.print(entry.getValue()))
                        .collect(Collectors.joining());
            case KEPT -> {
                Program compiled = model.compilation().compiled();
                yield schedules(model, backend).entrySet().stream()
                        .filter(entry -> entries.contains(entry.getKey()))
                        .map(entry ->
                                KeptTable.text(compiled.entry(entry.getKey()), entry.getValue(), backend.fusionModel()))
                        .collect(Collectors.joining());
            }
            case DOT ->
                schedules(model, backend).entrySet().stream()
                        .filter(entry -> entries.contains(entry.getKey()))
                        .map(entry -> DotText.of(entry.getValue()))
                        .collect(Collectors.joining());
            case PLAN -> {
                Program compiled = model.compilation().compiled();
                yield PlanText.print(Plan.of(compiled, schedules(model, backend)));
            }
            case KERNELS, LLVM, ASM -> stages(stage.toString(), entries, backendName, model);
        };
    }

    private Program program(String pass) {
        Program program = passes.get(pass);
        if (program == null) {
            throw new IllegalStateException("passes: have no " + pass + ", have " + passes.keySet());
        }
        return program;
    }

    /** Why params are not held in {@code type}, each with the reason; the same ones of several layers together. */
    List<String> notHeld(WeightType type) {
        Weights held = new Weights(type);
        Program before = lowered;
        for (Map.Entry<String, Program> pass : passes.entrySet()) {
            if (pass.getKey().equals(held.name())) {
                return held.reasons(before).entrySet().stream()
                        .map(param -> param.getKey().replaceAll("(?<=\\.)\\d+(?=\\.)", "*") + " is not held in " + type
                                + ": " + param.getValue())
                        .distinct()
                        .toList();
            }
            before = pass.getValue();
        }
        return List.of();
    }

    /** The schedule of each entry: what it runs, or what the backend's fusion model makes of it where the backend has no schedules. */
    static SequencedMap<String, Schedule> schedules(Model model, Backend backend) {
        Map<String, Schedule> run = model.schedules();
        Program compiled = model.compilation().compiled();
        SequencedMap<String, Schedule> schedules = new LinkedHashMap<>();
        for (Entry entry : compiled.entries()) {
            Schedule known = run.get(entry.name());
            schedules.put(
                    entry.name(), known == null ? Schedule.of(compiled.body(entry), backend.fusionModel()) : known);
        }
        return schedules;
    }

    private static String stages(String name, List<String> entries, String backendName, Model model) {
        List<Stage> stages = model.stages();
        List<String> texts = stages.stream()
                .filter(stage -> stage.name().equals(name))
                .filter(stage -> stage.entry().isEmpty() || entries.contains(stage.entry()))
                .map(Stage::text)
                .toList();
        if (texts.isEmpty()) {
            throw new UserException("--emit %s: backend %s has no such stage; it has %s"
                    .formatted(
                            name,
                            backendName,
                            stages.stream().map(Stage::name).distinct().collect(Collectors.joining(", "))));
        }
        return String.join("\n", texts);
    }

    /** Figures of the entries that were asked for, together. */
    static Statistics.EntryStatistics sum(Map<String, Statistics.EntryStatistics> all, List<String> entries) {
        int regions = 0;
        long flops = 0;
        long bytes = 0;
        for (String name : entries) {
            Statistics.EntryStatistics entry = all.getOrDefault(name, new Statistics.EntryStatistics(0, 0, 0));
            regions += entry.regions();
            flops += entry.flops();
            bytes += entry.bytesMoved();
        }
        return new Statistics.EntryStatistics(regions, flops, bytes);
    }
}
