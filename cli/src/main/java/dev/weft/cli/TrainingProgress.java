package dev.weft.cli;

import dev.weft.backend.spi.Statistics;
import dev.weft.models.Trainer;
import dev.weft.models.training.TrainingListener;
import dev.weft.models.training.TrainingRequest;
import java.nio.file.Path;
import java.util.Locale;

/** Training as a person watches it: one line that changes, and one that stays for each measurement. */
final class TrainingProgress implements TrainingListener {

    /** Where nobody watches, a line each so many seconds shows that it goes on. */
    private static final double SECONDS_BETWEEN_LINES = 10;

    private final Terminal terminal;
    private final boolean quiet;
    private final TrainingRequest request;
    private double seconds;
    private double sinceLine;
    private long steps;
    private double lastLoss = Double.NaN;

    TrainingProgress(Terminal terminal, boolean quiet, TrainingRequest request) {
        this.terminal = terminal;
        this.quiet = quiet;
        this.request = request;
    }

    @Override
    public void compiled(long parameters, Statistics statistics) {
        note("%,d parameters; %d kernels in %.2f s; %,.1f MiB"
                .formatted(
                        parameters,
                        statistics.kernels(),
                        statistics.compileMillis() / 1e3,
                        statistics.peakBytes() / 1048576.0));
        if (statistics.again().regions() > 0) {
            note("computed again: " + CompileReport.again(statistics.again()));
        }
    }

    @Override
    public void step(Trainer.Step step, long total, double took) {
        seconds += took;
        sinceLine += took;
        steps++;
        lastLoss = step.loss();
        double each = seconds / steps;
        String line = "step %d/%d  loss %.4f  norm %.2f  lr %.2e  %.1f ms a step  %s left"
                .formatted(
                        step.number(),
                        total,
                        step.loss(),
                        step.norm(),
                        step.rate(),
                        each * 1e3,
                        time(each * (total - step.number())));
        if (quiet) {
            return;
        }
        if (terminal.interactive()) {
            terminal.progress(line);
        } else if (sinceLine >= SECONDS_BETWEEN_LINES) {
            sinceLine = 0;
            terminal.note(line);
        }
    }

    private static String time(double left) {
        long whole = Math.round(left);
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }

    @Override
    public void evaluated(long step, double loss) {
        sinceLine = 0;
        String train = Double.isNaN(lastLoss) ? "" : String.format(Locale.ROOT, "  training loss %.4f", lastLoss);
        note("step %d/%d%s  validation loss %.4f"
                .formatted(step, request.options().steps(), train, loss));
    }

    @Override
    public void saved(long step, Path checkpoint) {
        if (terminal.interactive() && !quiet) {
            terminal.progress("kept " + checkpoint);
        }
    }

    private void note(String line) {
        if (!quiet) {
            terminal.note(line);
        }
    }
}
