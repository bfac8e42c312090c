package dev.weft.cli;

import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.run.RunFolder;
import dev.weft.models.training.TrainingRequest;
import dev.weft.models.training.TrainingResult;
import dev.weft.models.training.TrainingRun;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Trains a program, in a new run or in one that goes on. */
@Command(
        name = "train",
        description = {
            "Train a program with a loss: a language model on text, another one on .npy and .safetensors files"
                    + " named like the arguments of its loss.",
            "Scalars of the loss are options by their names, such as --drop 0.1."
        },
        footer = {"", "Example: weft train gpt --data my.txt --steps 500"})
final class TrainCommand extends Action {

    /** Where runs are made if no place is named. */
    static final Path RUNS = Path.of("runs");

    /** Options that this command does not know come here too: they may be scalars of the loss. */
    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..*",
            description =
                    "A .weft file or the name of a shipped program; with --resume also a run; with --config that of the run.")
    List<String> words = new ArrayList<>();

    @Mixin
    final RequestOptions request = new RequestOptions();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "RUN",
            description = "The run's folder, new or empty: runs/PROGRAM-N if not given.")
    @Nullable
    Path out;

    @Option(
            names = "--resume",
            description = "Go on with the run in --out, or the last one of PROGRAM, to the same bits.")
    boolean resume;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Repeat a run from its run.json, to the same bytes; what is given beside it replaces what it says.")
    @Nullable
    Path config;

    @Mixin
    final ProbeOptions probe = new ProbeOptions();

    /** What {@link #probe} saw. */
    private List<Map<String, Object>> measured = List.of();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    TrainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (resume && config != null) {
            throw refused("--resume goes on with a run, --config starts another one like it: give one of them");
        }
        if ((request.partial || !request.renames.isEmpty()) && request.initFrom == null && config == null) {
            throw refused("--rename and --partial say how --init-from is read, which is not given");
        }
        if (out != null && out.toString().isEmpty()) {
            throw refused("--out: must not be empty; name a folder, or leave it out for one in " + RUNS);
        }
        Words said = words();
        if (config != null && machine.backend == null) {
            machine.backend = RunFolder.backend(config).orElse(null);
        }
        if (machine.precision == null && (config != null || resume)) {
            machine.precision = MachineOptions.Precision.of(
                    config != null ? RunFolder.read(config) : RunFolder.readRun(runToResume(said.program())));
        }
        try (Weft weft = machine.open()) {
            if (config != null) {
                weft.backend().keepTo(RunFolder.choices(RunFolder.read(config)));
            }
            TrainingRun run =
                    config != null ? like(weft, said, config) : resume ? again(weft, said) : fresh(weft, said);
            Interruption interruption = Interruption.of(run);
            try {
                return train(run, weft);
            } finally {
                interruption.close();
            }
        }
    }

    private int train(TrainingRun run, Weft weft) {
        boolean narrow = !weft.products().equals(ElementType.F32.toString());
        note("training in " + run.folder() + " with " + weft.backendName()
                + (narrow ? ", products in " + weft.products() : ""));
        note(asNamed(data(run.data())));
        run.initial().ifPresent(report -> {
            note(asNamed("starts from " + report.summary()));
            report.details().forEach(line -> note("  " + line));
        });
        TrainingResult result = train(run);
        if (result.interrupted()) {
            note("interrupted after step %d; a checkpoint is kept. Go on with: weft train %s --resume"
                    .formatted(result.steps(), result.run()));
            return ExitCode.INTERRUPTED;
        }
        report(result, weft, run.request());
        return ExitCode.DONE;
    }

    private String asNamed(String line) {
        return spec == null
                ? line
                : NamedPaths.in(line, spec.commandLine().getParseResult().originalArgs());
    }

    /** What there is to train on, from what the log says about it. */
    private static String data(Map<String, Object> data) {
        if (!data.containsKey("training_tokens")) {
            return "%,d rows, %,d of them for training".formatted(count(data, "rows"), count(data, "training_rows"));
        }
        long hidden = count(data, "skipped_hidden");
        long binary = count(data, "skipped_binary");
        long files = count(data, "files");
        return "%s: %,d characters in %s%s; %,d tokens for training, %,d for validation"
                .formatted(
                        data.get("data"),
                        count(data, "characters"),
                        files == 1 ? "one file" : files + " files",
                        hidden + binary == 0 ? "" : " (skipped: " + hidden + " hidden, " + binary + " binary)",
                        count(data, "training_tokens"),
                        count(data, "validation_tokens"));
    }

    private static long count(Map<String, Object> data, String key) {
        return data.get(key) instanceof Number number ? number.longValue() : 0;
    }

    private TrainingResult train(TrainingRun run) {
        TrainingProgress progress = new TrainingProgress(terminal(), output.quiet, run.request());
        try (run) {
            if (!probe.any()) {
                return run.train(progress);
            }
            try (ProbedTraining watched = new ProbedTraining(progress, run, probe.patterns, terminal())) {
                TrainingResult result = run.train(watched);
                measured = watched.measured();
                return result;
            }
        }
    }

    private TrainingRun fresh(Weft weft, Words said) {
        requireScalars(said);
        return TrainingRun.start(weft, request.request(said.program(), said.scalars()), out, RUNS);
    }

    private TrainingRun like(Weft weft, Words said, Path other) {
        TrainingRequest before = TrainingRun.request(other);
        requireScalars(said.program().isEmpty() ? new Words(before.program(), said.scalars()) : said);
        return TrainingRun.repeat(
                weft,
                other,
                asked -> request.over(
                        said.program().isEmpty() ? asked : asked.withProgram(RequestOptions.file(said.program())),
                        said.scalars()),
                out,
                RUNS);
    }

    private TrainingRun again(Weft weft, Words said) {
        Path run = runToResume(said.program());
        TrainingRun found = TrainingRun.resume(weft, run);
        TrainingRequest asked = request.over(found.request(), said.scalars());
        if (!asked.equals(found.request())) {
            found.close();
            throw new UserException(run
                    + ": goes on with the options it was started with (run.json has them): "
                    + RequestDifferences.of(found.request(), asked)
                    + "; leave out those that differ, or start a new run with --init-from " + run);
        }
        return found;
    }

    private Path runToResume(String program) {
        if (out != null) {
            return out;
        }
        Path named = Path.of(program);
        if (RunFolder.isRun(named)) {
            return named;
        }
        String name = String.valueOf(named.getFileName()).replaceFirst("\\.weft$", "");
        return RunFolder.latest(RUNS, name)
                .orElseThrow(() -> new UserException(
                        "--resume: there is no run of %s in %s; name one with --out".formatted(name, RUNS)));
    }

    /** @param program empty where that of a run is meant */
    private record Words(String program, Map<String, Double> scalars) {}

    /** The program, and scalars of its loss as {@code --name value} or {@code --name=value}. */
    private Words words() {
        List<String> programs = new ArrayList<>();
        Map<String, Double> scalars = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-")) {
                programs.add(word);
                continue;
            }
            boolean joined = word.contains("=");
            String name = joined ? word.substring(0, word.indexOf('=')) : word;
            String value = joined ? word.substring(word.indexOf('=') + 1) : ++i < words.size() ? words.get(i) : "";
            scalars.put(name.replaceFirst("^-+", ""), scalar(name, value));
        }
        if (programs.isEmpty() && config != null) {
            return new Words("", scalars);
        }
        if (programs.size() != 1) {
            throw refused(programs.isEmpty() ? "PROGRAM must be given" : "one PROGRAM must be given, got " + programs);
        }
        return new Words(programs.getFirst(), scalars);
    }

    private double scalar(String name, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw unknown(name, List.of());
        }
    }

    /** Only the program knows which scalars its loss takes. */
    private void requireScalars(Words said) {
        if (!said.scalars().isEmpty()) {
            List<String> taken = TrainingRun.scalars(Program.load(said.program()));
            for (String name : said.scalars().keySet()) {
                if (!taken.contains(name)) {
                    throw unknown("--" + name, taken);
                }
            }
        }
    }

    private ParameterException unknown(String name, List<String> scalars) {
        List<String> known =
                new ArrayList<>(scalars.stream().map(scalar -> "--" + scalar).toList());
        if (spec != null) {
            spec.options().forEach(option -> known.addAll(List.of(option.names())));
        }
        Optional<String> nearest = Suggestions.nearest(name, known);
        return refused("has no option %s%s; the loss takes %s"
                .formatted(
                        name,
                        nearest.map(near -> ", did you mean " + near + "?").orElse(""),
                        scalars.isEmpty() ? "no scalars" : scalars));
    }

    private void report(TrainingResult result, Weft weft, TrainingRequest request) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", result.run().toString());
        json.put("steps", result.steps());
        json.put("train_loss", result.trainLoss());
        json.put("val_loss", result.validationLoss());
        json.put("seconds", result.seconds());
        json.put("tokens_per_second", result.perSecond());
        json.put("backend", weft.backendName());
        json.put("precision", weft.products());
        json.put("seed", request.options().seed());
        if (probe.any()) {
            json.put("probe", measured);
        }
        result(json, to -> print(result, to));
    }

    private static void print(TrainingResult result, PrintStream to) {
        for (String sample : result.samples()) {
            to.println("--- sample");
            to.println(sample.strip());
        }
        if (!result.samples().isEmpty()) {
            to.println("---");
        }
        to.printf(
                "%s: %d %s in %.1f s, training loss %.4f, validation loss %.4f%n",
                result.run(),
                result.steps(),
                result.steps() == 1 ? "step" : "steps",
                result.seconds(),
                result.trainLoss(),
                result.validationLoss());
        to.println(
                result.samples().isEmpty()
                        ? "the parameters are in " + RunFolder.model(result.run())
                        : "next: ./weft generate " + result.run() + " --prompt \"…\"");
    }
}
