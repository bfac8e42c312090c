package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.score.FreeRunning;
import dev.weft.models.score.PositionLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code weft eval} looks at besides the loss, and where it draws it. */
final class EvalViews {

    @Option(
            names = "--by-position",
            description = "Say also how the loss depends on how many tokens the model has seen in its window.")
    boolean byPosition;

    @Option(
            names = "--free-running",
            description =
                    "Say also how far text that the model continues by its own samples drifts from the true text, by the distance.")
    boolean freeRunning;

    @Option(
            names = "--prefix",
            paramLabel = "N",
            description =
                    "Tokens of each window that --free-running gives before the model goes on: half of the context if not given.")
    @Nullable
    Integer prefix;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Draw what --by-position, --free-running or --shots say into an .svg or .png file.")
    @Nullable
    Path plot;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides what --free-running draws and which examples --shots shows. Default: 1337.")
    @Nullable
    Long seed;

    @Option(
            names = "--csv",
            description =
                    "Print the table of --by-position, --free-running or --shots, and nothing else, as lines of comma-separated values.")
    boolean csv;

    /** What is wrong with the options beside each other; {@code shots} is whether there are such. */
    Optional<String> complaint(boolean shots) {
        int tables = (byPosition ? 1 : 0) + (freeRunning ? 1 : 0) + (shots ? 1 : 0);
        if (csv && tables != 1) {
            return Optional.of("--csv: prints one table, that of --by-position, --free-running or --shots; "
                    + (tables == 0 ? "give one of them as well" : "got several, leave all but one out"));
        }
        if (plot != null && !byPosition && !freeRunning && !shots) {
            return Optional.of(
                    "--plot: draws what --by-position, --free-running or --shots say; give one of them as well");
        }
        if (plot != null && !PictureFile.isNamed(plot)) {
            return Optional.of("--plot: must end in .svg or .png, got " + plot);
        }
        if (seed != null && !freeRunning && !shots) {
            return Optional.of("--seed: goes with --free-running or --shots; nothing else is drawn");
        }
        if (prefix != null && !freeRunning) {
            return Optional.of("--prefix: goes with --free-running");
        }
        return Optional.empty();
    }

    long seed() {
        return seed == null ? 1337 : seed;
    }

    /** Before the work, not after it. */
    void requirePlot() {
        if (plot != null) {
            OutputFile.of("--plot", plot).require();
        }
    }

    /** Whether a text is needed. */
    boolean any() {
        return byPosition || freeRunning;
    }

    List<EvalReport> of(Weft weft, LoadedModel model, Corpus corpus, LongConsumer progress) {
        List<EvalReport> reports = new ArrayList<>();
        if (byPosition) {
            reports.add(new PositionReport(PositionLoss.of(weft, model, corpus)));
        }
        if (freeRunning) {
            int half = model.program().context() / 2;
            reports.add(new FreeRunningReport(
                    FreeRunning.of(weft, model, corpus, prefix == null ? half : prefix, seed(), progress)));
        }
        return reports;
    }

    /** Draws reports below each other, if a file was named. */
    Optional<Path> draw(List<? extends EvalReport> reports) {
        if (plot == null) {
            return Optional.empty();
        }
        Chart chart =
                reports.stream().map(EvalReport::chart).reduce(Chart::above).orElseThrow();
        PictureFile.write("--plot", plot, chart);
        return Optional.of(plot);
    }
}
