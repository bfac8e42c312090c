package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve;
import dev.weft.graph.UserException;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Losses of runs as a picture. */
@Command(
        name = "plot",
        description = "Draw the training and validation losses of one or several runs.",
        footer = {"", "Example: weft plot runs/gpt-1 runs/gpt-2 -o losses.svg --x tokens"})
final class PlotCommand extends Action {

    /** What the losses are drawn over. */
    enum X {
        steps,
        tokens,
        seconds
    }

    @Parameters(paramLabel = "RUN", arity = "0..*", description = "Runs. The latest run if not given.")
    List<Path> runs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The picture: a file that ends in .svg or .png.")
    Path file = Path.of("");

    @Option(
            names = "--x",
            paramLabel = "WHAT",
            description = "What the losses are drawn over: steps, tokens or seconds.")
    X x = X.steps;

    PlotCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (!PictureFile.isNamed(file)) {
            throw refused("--output: must end in .svg or .png, got " + file);
        }
        OutputFile.of("--output", file).require();
        List<Path> wanted = runs.isEmpty() ? List.of(latest()) : runs;
        List<Curve> curves = wanted.stream().map(this::curve).toList();
        String title = wanted.size() == 1 ? "Loss of " + wanted.getFirst() + ", nats" : "Loss, nats";
        Chart chart = Chart.of(title, curves, x.toString());
        PictureFile.write("--output", file, chart);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        json.put("runs", wanted.stream().map(Path::toString).toList());
        json.put("x", x.toString());
        result(
                json,
                out -> out.println(file + ": the losses of "
                        + (wanted.size() == 1 ? "one run" : wanted.size() + " runs") + " over " + x));
        return ExitCode.DONE;
    }

    private static Path latest() {
        return RunFolder.latest(TrainCommand.RUNS)
                .orElseThrow(() -> new UserException(
                        TrainCommand.RUNS + ": has no run; name one, or train one first: weft train gpt"));
    }

    private Curve curve(Path run) {
        RunFolder.readRun(run);
        RunHistory history = RunHistory.read(run);
        List<Curve.Point> training = points(run, history, history.training());
        List<Curve.Point> validation = points(run, history, history.validation());
        if (training.stream().noneMatch(point -> Double.isFinite(point.y()))
                && validation.stream().noneMatch(point -> Double.isFinite(point.y()))) {
            throw new UserException(run + ": has no loss yet; there is nothing to draw");
        }
        return Curve.ofRun(String.valueOf(run.toAbsolutePath().normalize().getFileName()), training, validation);
    }

    private List<Curve.Point> points(Path run, RunHistory history, List<RunHistory.Point> points) {
        return points.stream()
                .map(point -> new Curve.Point(x(run, history, point), point.loss()))
                .toList();
    }

    private double x(Path run, RunHistory history, RunHistory.Point point) {
        return switch (x) {
            case steps -> point.step();
            case seconds -> point.seconds();
            case tokens ->
                point.step()
                        * (double) history.tokensPerStep()
                                .orElseThrow(() -> new UserException(
                                        run + ": does not say how many tokens a step has; draw it with --x steps"));
        };
    }
}
