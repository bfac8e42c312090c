package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The runs that there are. */
@Command(
        name = "runs",
        description = {
            "List runs: what was trained, how far it came, its losses, its size, when it was started, and its state.",
            "A state is running (a process writes to it), finished, stopped (train --resume goes on), or damaged."
        },
        footer = {"", "Example: weft runs"})
final class RunsCommand extends Action {

    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    @Parameters(
            paramLabel = "FOLDER",
            arity = "0..*",
            description = "Folders of runs, or runs. The folder runs if not given.")
    List<Path> folders = new ArrayList<>();

    RunsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        List<Path> wanted = folders.isEmpty() ? List.of(TrainCommand.RUNS) : folders;
        List<RunSummary> runs = new ArrayList<>();
        for (Path folder : wanted) {
            // The folder runs, which nobody named, need not be there yet.
            if (!folders.isEmpty() && !Files.isDirectory(folder)) {
                throw new UserException(folder
                        + (Files.exists(folder)
                                ? ": is a file; name a run, or a folder of runs"
                                : ": there is no such folder; name a run, or a folder of runs"));
            }
            List<Path> found = RunFolder.isRun(folder) ? List.of(folder) : RunFolder.runs(folder);
            found.forEach(run -> runs.add(RunSummary.of(run)));
        }
        result(Map.of("runs", runs.stream().map(RunsCommand::json).toList()), out -> {
            if (runs.isEmpty()) {
                out.println("no runs in "
                        + wanted.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + "; next: ./weft train gpt");
                return;
            }
            Table table =
                    new Table("run", "program", "steps", "training", "validation", "best", "size", "started", "state");
            runs.forEach(run -> table.row(row(run)));
            table.print(out);
        });
        runs.stream().filter(run -> !run.damage().isEmpty()).forEach(run -> note(run.path() + ": " + run.damage()));
        return ExitCode.DONE;
    }

    private static String[] row(RunSummary run) {
        return new String[] {
            run.path().toString(),
            run.program(),
            run.planned() == 0 ? "" : run.steps() + "/" + run.planned(),
            loss(run.trainLoss()),
            loss(run.validationLoss()),
            loss(run.bestLoss()),
            CompileReport.bytes(run.bytes()),
            MINUTE.format(run.started().atZone(ZoneId.systemDefault())),
            run.state().toString()
        };
    }

    private static String loss(double nats) {
        return Double.isNaN(nats) ? "" : String.format(Locale.ROOT, "%.4f", nats);
    }

    private static Map<String, Object> json(RunSummary run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", run.path().toString());
        json.put("program", run.program());
        json.put("state", run.state().toString());
        json.put("steps", run.steps());
        json.put("planned_steps", run.planned());
        json.put("train_loss", run.trainLoss());
        json.put("val_loss", run.validationLoss());
        json.put("best_val_loss", run.bestLoss());
        json.put("bytes", run.bytes());
        json.put("started", run.started().toString());
        if (!run.damage().isEmpty()) {
            json.put("damage", run.damage());
        }
        return json;
    }
}
